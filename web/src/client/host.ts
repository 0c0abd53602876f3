import type { MemberRole, ParticipantID, RoomOptions, Source } from '../protocol/messages'
import type { Link } from './link'

/** What a host of a room may do. Everything rejects with CallrelayError: "forbidden" to who is no host. */
export class Host {
  private readonly link: Link
  private readonly room: () => string
  private readonly options: () => RoomOptions | undefined

  constructor(link: Link, room: () => string, options: () => RoomOptions | undefined) {
    this.link = link
    this.room = room
    this.options = options
  }

  /** Turns a member's source off; that member may turn it on again. */
  async mute(participant: ParticipantID, source: Source = 'microphone'): Promise<void> {
    await this.link.request('mute_member', { room: this.room(), participant, source, muted: true })
  }

  /** Asks a member to turn a source on. Nobody is turned on by another. */
  async askToUnmute(participant: ParticipantID, source: Source = 'microphone'): Promise<void> {
    await this.link.request('mute_member', { room: this.room(), participant, source, muted: false })
  }

  /** Turns the microphones of all but the hosts off. */
  async muteAll(): Promise<void> {
    await this.link.request('mute_all', { room: this.room() })
  }

  /** Takes a member out; it comes back only by invitation or with a newer token. */
  async remove(participant: ParticipantID): Promise<void> {
    await this.link.request('remove_member', { room: this.room(), participant })
  }

  /** Ends the room for all. */
  async end(): Promise<void> {
    await this.link.request('end_room', { room: this.room() })
  }

  /** Changes the options that are named, and leaves the others. */
  async set(change: Partial<RoomOptions>): Promise<void> {
    const options = this.options()
    if (options) await this.link.request('set_room', { room: this.room(), options: { ...options, ...change } })
  }

  /** Nobody joins a locked room by its link. */
  lock(locked: boolean): Promise<void> {
    return this.set({ locked })
  }

  async setRole(participant: ParticipantID, role: MemberRole): Promise<void> {
    await this.link.request('set_role', { room: this.room(), participant, role })
  }

  /** Lets somebody in from the lobby. */
  async admit(participant: ParticipantID): Promise<void> {
    await this.link.request('admit', { room: this.room(), participant })
  }

  /** Sends somebody away from the lobby. */
  async refuse(participant: ParticipantID): Promise<void> {
    await this.link.request('refuse', { room: this.room(), participant })
  }

  async lowerHand(participant: ParticipantID): Promise<void> {
    await this.link.request('raise_hand', { room: this.room(), participant, raised: false })
  }
}

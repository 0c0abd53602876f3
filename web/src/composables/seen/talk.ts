import { shallowRef } from 'vue'
import type { Host, Room } from '../../client'
import type { ChatEntry, InvitationView, LocalMedia, MuteAsked, RoomDetails } from '../../client/types'
import type { Present } from './present'
import type { Seen } from './seen'
import type { Stillness } from './stillness'
import { noteUnanswered } from './unanswered'

/** What the people in the present room do beside hearing and seeing each other. */
export interface SeenTalk {
  details: Seen<RoomDetails | undefined>
  chat: Seen<readonly ChatEntry[]>
  /** Lines of others since the chat was last read. */
  unread: Seen<number>
  /** While somebody looks at the chat nothing in it is unread. */
  readChat(reading: boolean): void
  say(text: string, to?: string): void
  sayAgain(id: string): void
  screen: Seen<LocalMedia>
  canShare(): boolean
  shareScreen(takeOver: boolean): Promise<boolean>
  stopScreen(): void
  /** Somebody else's screen took the place of one's own. */
  onTakenOver(listener: (by: string) => void): () => void
  /** Invitations that ended without the person coming, and how. */
  unanswered: Seen<readonly InvitationView[]>
  invite(user: string, video: boolean): Promise<void>
  cancelInvitation(invitation: string): Promise<void>
  raiseHand(raised: boolean): Promise<void>
  /** Shows a reaction to all for a moment. */
  react(reaction: string): Promise<void>
  /** Reactions of others and of oneself. */
  onReaction(listener: (from: string, reaction: string) => void): () => void
  /** What a host may do; undefined without a room. */
  host(): Host | undefined
  onMuteAsked(listener: (asked: MuteAsked) => void): () => void
}

const OFF: LocalMedia = { on: false, wanted: false }

export function seeTalk(present: Present, still: Stillness): SeenTalk {
  const details = shallowRef<RoomDetails>()
  const chat = shallowRef<readonly ChatEntry[]>([])
  const unread = shallowRef(0)
  const screen = shallowRef(OFF)
  const unanswered = shallowRef<readonly InvitationView[]>([])
  const listeners = new Set<(asked: MuteAsked) => void>()
  const takenOverListeners = new Set<(by: string) => void>()
  const reactionListeners = new Set<(from: string, reaction: string) => void>()
  let reading = false

  present.add({
    begin(room: Room) {
      details.value = room.details
      chat.value = room.chat.entries
      screen.value = room.local.screen
      return [
        room.on('details', (now) => still.change(() => (details.value = now))),
        room.on('local', (source, media) => source === 'screen' && (screen.value = media)),
        room.on('invitation', (now) => (unanswered.value = noteUnanswered(unanswered.value, now))),
        room.on('reaction', (from, reaction) => reactionListeners.forEach((listener) => listener(from, reaction))),
        room.on('muteAsked', (asked) => listeners.forEach((listener) => listener(asked))),
        room.on('unpublished', (source, by) => source === 'screen' && by && takenOverListeners.forEach((listener) => listener(by))),
        room.chat.on('entries', (now) => (chat.value = now)),
        room.chat.on('line', () => void (unread.value += reading ? 0 : 1)),
      ]
    },
    end() {
      details.value = undefined
      chat.value = []
      unread.value = 0
      screen.value = OFF
      unanswered.value = []
    },
  })

  return {
    details, chat, unread, screen, unanswered,
    readChat(on) {
      reading = on
      if (!on) return
      unread.value = 0
      void present.room?.chat.load()
    },
    say: (text, to) => present.room?.chat.send(text, to),
    sayAgain: (id) => present.room?.chat.retry(id),
    canShare: () => typeof navigator.mediaDevices?.getDisplayMedia === 'function',
    shareScreen: async (takeOver) => present.room?.shareScreen({ takeOver }) ?? false,
    stopScreen: () => present.room?.stopScreen(),
    onTakenOver(listener) {
      takenOverListeners.add(listener)
      return () => takenOverListeners.delete(listener)
    },
    invite: async (user, video) => void (await present.room?.invite(user, { video })),
    cancelInvitation: async (invitation) => present.room?.cancelInvitation(invitation),
    raiseHand: async (raised) => present.room?.raiseHand(raised),
    react: async (reaction) => present.room?.react(reaction),
    onReaction(listener) {
      reactionListeners.add(listener)
      return () => reactionListeners.delete(listener)
    },
    host: () => present.room?.host,
    onMuteAsked(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

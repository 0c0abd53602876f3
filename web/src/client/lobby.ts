import type { EndReason, LobbyView, RoomView } from '../protocol/messages'
import { CallrelayError } from './errors'
import type { Link } from './link'

interface Waiting {
  view: LobbyView
  resolve: (room: RoomView) => void
  reject: (error: CallrelayError) => void
}

/** Waiting in the lobby of one room: until a host lets one in, or does not, or one leaves. */
export class Lobby {
  private readonly link: Link
  private readonly changed: (name: string | undefined) => void
  private waiting: Waiting | undefined

  constructor(link: Link, changed: (name: string | undefined) => void) {
    this.link = link
    this.changed = changed
  }

  get name(): string | undefined {
    return this.waiting?.view.name
  }

  /** Resolves with the room once one is in it. */
  wait(view: LobbyView): Promise<RoomView> {
    this.over()?.reject(new CallrelayError('closed', 'another room is waited for'))
    return new Promise((resolve, reject) => {
      this.waiting = { view, resolve, reject }
      this.changed(view.name)
    })
  }

  leave(): void {
    const { waiting } = this
    if (!waiting) return
    void this.link.request('leave_room', { room: waiting.view.room }).catch(() => undefined)
    this.over()?.reject(new CallrelayError('closed', 'the lobby was left'))
  }

  /** Whether it is the room that is waited for. */
  admitted(room: RoomView): boolean {
    if (this.waiting?.view.room !== room.room) return false
    this.over()?.resolve(room)
    return true
  }

  closed(room: string, reason: EndReason): void {
    if (this.waiting?.view.room !== room) return
    const code = reason === 'room_ended' ? 'room_ended' : 'refused'
    this.over()?.reject(new CallrelayError(code, `the lobby was closed: ${reason}`))
  }

  /** After a snapshot: let in meanwhile, still waiting, or forgotten, and then it asks again. */
  resumed(still: LobbyView | undefined, rooms: readonly RoomView[]): void {
    const { waiting } = this
    if (!waiting) return
    const room = rooms.find((r) => r.name === waiting.view.name)
    if (room) this.over()?.resolve(room)
    else if (still) waiting.view = still
    else this.askAgain(waiting)
  }

  private askAgain(waiting: Waiting): void {
    this.link.request('join_room', { name: waiting.view.name }).then(
      (reply) => {
        if (this.waiting !== waiting) return
        if (reply.type === 'waiting') waiting.view = reply.lobby
        else this.over()?.resolve(reply.room)
      },
      (error: CallrelayError) => {
        if (this.waiting === waiting) this.over()?.reject(error)
      },
    )
  }

  private over(): Waiting | undefined {
    const { waiting } = this
    this.waiting = undefined
    if (waiting) this.changed(undefined)
    return waiting
  }
}

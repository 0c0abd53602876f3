import type { ServerMessage } from '../protocol/messages'
import { CallrelayError } from './errors'

interface Pending {
  text: string
  /** Leaves right behind the hello that takes the session up again. */
  ahead: boolean
  /** The socket on which it has left. */
  on: WebSocket | undefined
  resolve: (reply: ServerMessage) => void
  reject: (error: CallrelayError) => void
  timer: ReturnType<typeof setTimeout>
}

/** More than this many unanswered requests means that something is wrong; the rest fail at once. */
const MAX_PENDING = 256

/** The ids of what the link sends by itself. */
export const HELLO_ID = 1
export const PING_ID = 2

/** The requests that wait for their reply, in the order in which they were made. */
export class Requests {
  private readonly pending = new Map<number, Pending>()
  private lastID = PING_ID

  /** Sends now, where there is a socket that was welcomed, or else with the next sendAll or, with `ahead`, sendAhead. */
  add(type: string, body: object, timeoutMs: number, up: WebSocket | undefined, ahead = false): Promise<ServerMessage> {
    if (this.pending.size >= MAX_PENDING) {
      return Promise.reject(new CallrelayError('unavailable', 'too many requests wait for the server'))
    }
    const id = ++this.lastID
    const text = JSON.stringify({ type, id, ...body })
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.pending.delete(id)
        reject(new CallrelayError('timeout', `no reply to ${type}`))
      }, timeoutMs)
      this.pending.set(id, { text, ahead, on: up, resolve, reject, timer })
      up?.send(text)
    })
  }

  /** Settles the request that `reply.re` names, if it still waits. */
  settle(reply: ServerMessage): void {
    const pending = this.take(reply.re ?? -1)
    if (!pending) return
    if (reply.type === 'error') {
      pending.reject(new CallrelayError(reply.code, reply.message, reply.retry_after_ms))
    } else {
      pending.resolve(reply)
    }
  }

  /** Sends what does not wait for the welcome, on a socket on which hello has just left. */
  sendAhead(socket: WebSocket): void {
    for (const pending of this.pending.values()) if (pending.ahead) send(pending, socket)
  }

  /** Sends all that wait, on a socket that was welcomed. */
  sendAll(socket: WebSocket): void {
    for (const pending of this.pending.values()) send(pending, socket)
  }

  rejectAll(error: CallrelayError): void {
    for (const id of [...this.pending.keys()]) this.take(id)?.reject(error)
  }

  private take(id: number): Pending | undefined {
    const pending = this.pending.get(id)
    if (!pending) return undefined
    this.pending.delete(id)
    clearTimeout(pending.timer)
    return pending
  }
}

function send(pending: Pending, socket: WebSocket): void {
  if (pending.on === socket) return
  pending.on = socket
  socket.send(pending.text)
}

import type { ServerMessage } from '../protocol/messages'
import { CallrelayError } from './errors'

interface Pending {
  text: string
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
  private readonly send: (text: string) => void
  private readonly pending = new Map<number, Pending>()
  private lastID = PING_ID

  constructor(send: (text: string) => void) {
    this.send = send
  }

  /** Sends now or, with `up` false, with the next sendAll. */
  add(type: string, body: object, timeoutMs: number, up: boolean): Promise<ServerMessage> {
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
      this.pending.set(id, { text, resolve, reject, timer })
      if (up) this.send(text)
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

  /** Sends all that wait, on a new socket. */
  sendAll(): void {
    for (const { text } of this.pending.values()) this.send(text)
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

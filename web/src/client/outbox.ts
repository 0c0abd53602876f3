import type { Body, RequestType } from './wire'
import { toClientError } from './errors'
import type { Link } from './link'
import type { ClientError } from './types'

/** Longer than the grace of a seat: what is said while the link is down is said once it is back. */
const TIMEOUT_MS = 70_000
/** More than so many wait: something is wrong, and the newest are refused. */
const MAX_WAITING = 100
/** Tries of a message that the server finds to come too fast. */
const MAX_TRIES = 5
/** When the server does not say how long to wait. */
const PAUSE_MS = 1000

/**
 * Sends messages one after the other, each once the one before was answered,
 * so that their order is that of the calls. The link repeats what a lost
 * socket left unanswered, and the server knows it by its id: each is told once.
 */
export class Outbox {
  private readonly link: Link
  private last: Promise<unknown> = Promise.resolve()
  private waiting = 0

  constructor(link: Link) {
    this.link = link
  }

  /** Resolves once the server has told it; rejects with the ClientError of its refusal. */
  async send<T extends RequestType>(type: T, body: Body<T>): Promise<void> {
    if (this.waiting >= MAX_WAITING) {
      const error: ClientError = { code: 'unavailable', message: 'too many messages wait for the server' }
      throw error
    }
    this.waiting++
    const turn = this.last.then(() => this.trySend(type, body))
    this.last = turn.catch(() => undefined)
    await turn.finally(() => this.waiting--)
  }

  private async trySend<T extends RequestType>(type: T, body: Body<T>): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await this.link.request(type, body, TIMEOUT_MS)
        return
      } catch (thrown) {
        const error = toClientError(thrown)
        if (error.code !== 'rate_limited' || tries === MAX_TRIES) throw error
        await new Promise((done) => setTimeout(done, error.retryAfterMs ?? PAUSE_MS))
      }
    }
  }
}

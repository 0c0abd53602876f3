import type { MediaConnection } from '../media/connection'
import type { AnswerMessage, ParticipantID } from '../protocol/messages'
import { offerEarly } from './earlyOffer'
import { newConnection, type ConnectionContext } from './seatConnection'
import type { Body } from './wire'

/**
 * The connection of a page that was reloaded in a call or a room: made before
 * the server has said what the page comes back to, so that its offer leaves
 * before the socket is open, or at least with hello and not after the welcome.
 * Nothing is lost where the guess was wrong: whoever needs a connection then
 * makes one.
 */
export class HeadStart {
  private seat: ParticipantID = ''
  private connection: MediaConnection | undefined
  private readonly offs: (() => void)[] = []
  private offered = false

  constructor(private readonly context: ConnectionContext) {}

  begin(): void {
    const { store, ice } = this.context
    const { session, seat, seats } = store.current ?? {}
    if (!session || !seat || !ice.takeKept()) return
    try {
      const connection = newConnection(this.context, seat, (seats?.[seat] ?? 0) + 1, (offer) => this.offer(offer))
      this.offs.push(
        connection.on('renew', () => this.drop()),
        connection.on('error', () => this.drop()),
      )
      this.seat = seat
      this.connection = connection
    } catch {
      // The room says so when it cannot make its own.
    }
  }

  /** The connection, once, where it is that seat's and not older than what the server knows. */
  take(seat: ParticipantID, known: number): MediaConnection | undefined {
    const { connection } = this
    if (!connection || seat !== this.seat || connection.generation < known) return undefined
    this.release()
    return connection
  }

  /** The first offer goes by HTTP. Not before the session is known to be this tab's: a copy of the tab has its secret, too. */
  private async offer(offer: Body<'offer'>): Promise<AnswerMessage | undefined> {
    if (this.offered) return undefined
    this.offered = true
    const { env, link, store } = this.context
    await link.claimed
    const session = store.current?.session
    return session ? offerEarly(env, link.server, session, offer) : undefined
  }

  /** Nobody comes for it any more. */
  drop(): void {
    const { connection } = this
    this.release()
    connection?.close()
  }

  private release(): void {
    this.connection = undefined
    this.offs.splice(0).forEach((off) => off())
  }
}

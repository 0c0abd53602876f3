import type { ChatLineMessage, ParticipantID } from '../protocol/messages'
import { changedLine, emptyChat, saidLines, sendingLine, type ChatState } from './chatState'
import { Emitter } from './emitter'
import type { Environment } from './environment'
import type { Link } from './link'
import { Outbox } from './outbox'
import type { ChatEntry, ClientError } from './types'

export type ChatEvents = {
  /** The entries are new: something was said, is being sent, or was refused. */
  entries: [readonly ChatEntry[]]
  /** Somebody else said a line now. */
  line: [ChatEntry]
}

/** The chat of a room: lines to all or to one, in the order that is the same for everybody, each once. */
export class Chat extends Emitter<ChatEvents> {
  private readonly env: Environment
  private readonly link: Link
  private readonly outbox: Outbox
  private state: ChatState = emptyChat
  private room = ''
  private self: ParticipantID = ''
  private loading: Promise<void> | undefined

  constructor(context: { env: Environment; link: Link }) {
    super()
    this.env = context.env
    this.link = context.link
    this.outbox = new Outbox(context.link)
  }

  /** What was said, in the server's order, then what is not said yet. */
  get entries(): readonly ChatEntry[] {
    return this.state.entries
  }

  /** Says a line, to all or to one. It is among the entries at once; see its `state` for what becomes of it. */
  send(text: string, to?: ParticipantID): void {
    const id = this.env.makeID()
    this.become(sendingLine(this.state, { id, from: this.self, to, text }, Date.now()))
    void this.deliver(id, text, to)
  }

  /** Tries a failed line again. It is still said only once. */
  retry(id: string): void {
    const entry = this.state.entries.find((e) => e.id === id && e.state === 'failed')
    if (!entry) return
    this.become(changedLine(this.state, id))
    void this.deliver(id, entry.text, entry.to)
  }

  /** Reads what was said before one came, as far as the server keeps it. */
  load(): Promise<void> {
    this.loading ??= this.read().finally(() => (this.loading = undefined))
    return this.loading
  }

  /** @internal */
  enter(room: string, self: ParticipantID): void {
    this.room = room
    this.self = self
  }

  /** @internal */
  apply({ epoch, line }: ChatLineMessage): void {
    const before = this.state
    this.become(saidLines(before, epoch, [line], this.self, Date.now()))
    const entry = this.state.entries.find((e) => e.id === line.message)
    const known = before.entries.some((e) => e.id === line.message)
    if (entry && !entry.mine && !known) this.emit('line', entry)
  }

  private async deliver(id: string, text: string, to?: ParticipantID): Promise<void> {
    try {
      await this.outbox.send('send_chat', { message: id, room: this.room, text, ...(to ? { to } : {}) })
    } catch (error) {
      this.become(changedLine(this.state, id, error as ClientError))
      return
    }
    // The line comes before the reply, unless the reply is that of a socket that was lost.
    if (this.state.entries.some((e) => e.id === id && e.state !== 'said')) await this.load()
  }

  private async read(): Promise<void> {
    let before = 0
    for (let more = true; more;) {
      const reply = await this.link.request('get_chat', { room: this.room, before }).catch(() => undefined)
      if (!reply) return
      const lines = reply.lines ?? []
      this.become(saidLines(this.state, reply.epoch, lines, this.self, Date.now()))
      before = lines[0]?.n ?? 0
      more = reply.more && before > 0
    }
  }

  private become(state: ChatState): void {
    if (state === this.state) return
    const changed = state.entries !== this.state.entries
    this.state = state
    if (changed) this.emit('entries', state.entries)
  }
}

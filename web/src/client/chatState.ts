import type { LineView, MessageID, ParticipantID } from '../protocol/messages'
import type { ChatEntry, ClientError } from './types'

/** Entries kept; the oldest are forgotten first. */
const MAX_ENTRIES = 1000

/**
 * A chat: what the server has told, in its order, and after it what was
 * written here and not told yet. The server may tell a line twice (as an event
 * and in a list), and it never tells one that it refused.
 */
export interface ChatState {
  epoch: number
  entries: readonly ChatEntry[]
}

export const emptyChat: ChatState = { epoch: 0, entries: [] }

/** Lines that the server told. `now` is Date.now(). A new epoch begins after what is known of the one before. */
export function saidLines(
  state: ChatState,
  epoch: number,
  lines: readonly LineView[],
  self: ParticipantID,
  now: number,
): ChatState {
  const known = new Set(state.entries.filter((e) => e.state === 'said').map((e) => e.id))
  const fresh = lines.filter((l) => !known.has(l.message)).map((l) => saidEntry(l, epoch, self, now))
  if (fresh.length === 0) return state.epoch === epoch ? state : { ...state, epoch }
  const told = new Set(fresh.map((e) => e.id))
  const said = state.entries.filter((e) => e.state === 'said')
  const before = said.filter((e) => e.epoch !== epoch)
  const present = [...said.filter((e) => e.epoch === epoch), ...fresh].sort((a, b) => a.n - b.n)
  const unsaid = state.entries.filter((e) => e.state !== 'said' && !told.has(e.id))
  return { epoch, entries: [...before, ...present, ...unsaid].slice(-MAX_ENTRIES) }
}

/** A line that was written here and is on its way. */
export function sendingLine(
  state: ChatState,
  line: { id: MessageID; from: ParticipantID; to?: ParticipantID | undefined; text: string },
  now: number,
): ChatState {
  const { to, ...rest } = line
  const entry: ChatEntry = {
    ...rest,
    ...(to ? { to } : {}),
    epoch: state.epoch,
    n: 0,
    user: '',
    name: '',
    at: now,
    mine: true,
    state: 'sending',
  }
  return { ...state, entries: [...state.entries, entry].slice(-MAX_ENTRIES) }
}

/** A line that was not said, or (without an error) is tried again. */
export function changedLine(state: ChatState, id: MessageID, error?: ClientError): ChatState {
  const entries = state.entries.map((e) => {
    if (e.id !== id || e.state === 'said') return e
    const { error: _, ...rest } = e
    return error ? { ...rest, state: 'failed' as const, error } : { ...rest, state: 'sending' as const }
  })
  return { ...state, entries }
}

function saidEntry(line: LineView, epoch: number, self: ParticipantID, now: number): ChatEntry {
  return {
    id: line.message,
    epoch,
    n: line.n,
    from: line.from,
    user: line.user,
    name: line.name,
    ...(line.to ? { to: line.to } : {}),
    text: line.text,
    at: now - (line.ago_ms ?? 0),
    mine: line.from === self,
    state: 'said',
  }
}

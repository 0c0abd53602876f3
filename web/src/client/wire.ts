import type { ClientMessage, ServerMessage } from '../protocol/messages'

type ByType<M extends { type: string }> = { [T in M['type']]: Extract<M, { type: T }> }
type ClientByType = ByType<ClientMessage>
type ServerByType = ByType<ServerMessage>

/** The typed reply of each request; all others are answered with "ok". */
interface TypedReplies {
  hello: 'welcome'
  ping: 'pong'
  place: 'call'
  accept: 'call'
  decline: 'call'
  cancel: 'call'
  hang_up: 'call'
  join_room: 'joined' | 'waiting'
  see_room: 'room_seen'
  offer: 'answer'
  invite: 'invited'
  get_chat: 'chat'
}

export type RequestType = ClientMessage['type']

/** A client's message without what the link adds. */
export type Body<T extends RequestType> = Omit<ClientByType[T], 'type' | 'id'>

/** What a request resolves to. */
export type Reply<T extends RequestType> = ServerByType[T extends keyof TypedReplies ? TypedReplies[T] : 'ok']

/** A received frame as a message; undefined when it is none, or of a type that this client does not know. */
export function parseServerMessage(data: unknown): ServerMessage | undefined {
  if (typeof data !== 'string') return undefined
  try {
    const value: unknown = JSON.parse(data)
    if (typeof value !== 'object' || value === null) return undefined
    const type = (value as { type?: unknown }).type
    return typeof type === 'string' ? (value as ServerMessage) : undefined
  } catch {
    return undefined
  }
}

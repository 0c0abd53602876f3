import type { ServerMessage } from '../protocol/messages'
import { applyInvitation, applyLeft, applyLobby, applyMember, applyOptions, type RoomState } from './roomState'

const TYPES = [
  'member_changed',
  'member_left',
  'options_changed',
  'invitation_changed',
  'lobby_changed',
  'chat_line',
  'data',
  'speakers',
  'reacted',
  'mute_asked',
  'unpublished',
] as const

/** What the server tells of a room while one is in it. */
export type RoomEvent = Extract<ServerMessage, { type: (typeof TYPES)[number] }>

/** Those that change the room's state. */
export type StateEvent = Exclude<
  RoomEvent,
  { type: 'chat_line' | 'data' | 'speakers' | 'reacted' | 'mute_asked' | 'unpublished' }
>

export function isRoomEvent(message: ServerMessage): message is RoomEvent {
  return (TYPES as readonly string[]).includes(message.type)
}

export function applyEvent(state: RoomState, event: StateEvent): RoomState {
  switch (event.type) {
    case 'member_changed':
      return applyMember(state, event)
    case 'member_left':
      return applyLeft(state, event)
    case 'options_changed':
      return applyOptions(state, event)
    case 'invitation_changed':
      return applyInvitation(state, event)
    case 'lobby_changed':
      return applyLobby(state, event)
  }
}

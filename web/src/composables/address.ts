import type { RoomOptions } from '../client/types'
import { Limits } from '../protocol/messages'

/** What the page's address asks for. */
export interface Address {
  name?: string
  call?: string
  token?: string
  room?: string
  /** With room: what is to hold in it, if this makes it. */
  options?: Partial<RoomOptions>
  /** With call: by voice. */
  audio?: boolean
}

const ROOM = /^[a-z0-9_-]{1,64}$/
const MAX_NAME_BYTES = 128

export function parseAddress(url: URL): Address {
  const address: Address = {}
  const name = cleanName(url.searchParams.get('name') ?? '')
  const call = cleanName(url.searchParams.get('call') ?? '')
  const token = url.searchParams.get('token') ?? new URLSearchParams(url.hash.slice(1)).get('token')
  const room = /^\/r\/([^/]+)\/?$/.exec(url.pathname)?.[1]
  if (name) address.name = name
  if (call) address.call = call
  if (token) address.token = token
  if (room) {
    address.room = decoded(room).toLowerCase()
    const options = roomOptions(url.searchParams)
    if (Object.keys(options).length > 0) address.options = options
  }
  if (url.searchParams.has('audio')) address.audio = true
  return address
}

/** As in /r/stage?lobby&start_muted&limit=12. What makes no sense is passed over. */
function roomOptions(asked: URLSearchParams): Partial<RoomOptions> {
  const options: Partial<RoomOptions> = {}
  for (const flag of ['lobby', 'start_muted', 'locked'] as const) if (asked.has(flag)) options[flag] = asked.get(flag) !== '0'
  const limit = Number(asked.get('limit'))
  if (Number.isInteger(limit) && limit >= 1 && limit <= Limits.maxMembers) options.limit = limit
  const publishers = asked.get('publishers')
  if (publishers === 'all' || publishers === 'speakers') options.publishers = publishers
  const screen = asked.get('screen')
  if (screen === 'ask' || screen === 'take_over') options.screen = screen
  return options
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** A name as the server takes it: without outer white space; empty when it is nothing. */
export function cleanName(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

export function nameTooLong(name: string): boolean {
  return new TextEncoder().encode(name).length > MAX_NAME_BYTES
}

export function validRoom(name: string): boolean {
  return ROOM.test(name)
}

/** A room's name from what somebody typed or pasted: a link to it, or the name. */
export function roomFrom(text: string): string | undefined {
  const trimmed = text.trim()
  const linked = /\/r\/([^/?#\s]+)/.exec(trimmed)?.[1]
  const name = (linked ? decoded(linked) : trimmed.replace(/\s+/g, '-')).toLowerCase()
  return validRoom(name) ? name : undefined
}

/** A name for a new room that nobody guesses. */
export function newRoomName(random: (n: number) => Uint8Array = (n) => crypto.getRandomValues(new Uint8Array(n))): string {
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789'
  const text = Array.from(random(12), (b) => letters[b % letters.length]).join('')
  return `${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8)}`
}

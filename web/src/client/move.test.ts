import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { MemberView, RoomView } from '../protocol/messages'
import { fakeBrowser, FakePeerConnection, FakeSocket, type FakeTrack } from '../testing/fakes'
import { welcome } from '../testing/welcome'
import { Client } from './client'
import type { Room } from './room'

const A = 'ws://a.test/ws'
const B = 'ws://b.test/ws'

const member = (participant: string, generation = 1): MemberView => ({
  participant,
  generation,
  user: participant,
  name: participant,
  state: 'connected',
  role: 'member',
  can_publish: true,
  publications: [{ publication: `${participant}/camera`, source: 'camera', kind: 'video', muted: false }],
})
const roomOf = (epoch: number): RoomView => ({
  room: 'r',
  name: 'talk',
  epoch,
  n: 1,
  self: 'me',
  options: { limit: 200, publishers: 'all', locked: false, lobby: false, start_muted: false, screen: 'ask' },
  members: [member('me', 0), member('bob')],
})
const slots = (generation: number) => ({
  type: 'slots' as const,
  participant: 'me',
  generation,
  cursor: 'x',
  slots: [
    { mid: '7', kind: 'video' as const, publication: 'bob/camera', participant: 'bob', source: 'camera' as const },
  ],
})

const settle = () => vi.advanceTimersByTimeAsync(0)
const pcs = () => FakePeerConnection.all as [FakePeerConnection, FakePeerConnection, ...FakePeerConnection[]]

async function opened(): Promise<FakeSocket> {
  await settle()
  FakeSocket.last.onopen?.()
  await settle()
  return FakeSocket.last
}

/** In a room at server A, seeing Bob. */
async function inRoom() {
  const client = new Client({ name: 'ada', url: A, environment: fakeBrowser() })
  void client.connect()
  const socket = await opened()
  socket.receive(welcome())
  const joined = client.joinRoom('talk')
  await settle()
  socket.reply('join_room', { type: 'joined', room: roomOf(1) })
  const room = await joined
  await settle()
  socket.reply('offer', { type: 'answer', participant: 'me', generation: 1, sdp: 'answer' })
  await settle()
  pcs()[0].becomes('connected')
  socket.receive(slots(1))
  return { client, room, socket }
}

const picture = (room: Room) => room.members[0]?.media.camera?.track
const arrivesOn = (pc: FakePeerConnection) => ((pc.transceivers[7]?.receiver.track as FakeTrack).muted = false)

/** Asked to move, welcomed by server B, and offered there. */
async function moved() {
  const all = await inRoom()
  const states: string[] = []
  all.room.on('connection', (state) => states.push(state))
  all.socket.receive({ type: 'move', url: B, deadline_ms: 20_000 })
  const second = await opened()
  second.receive(welcome({ outcome: 'snapshot', rooms: [roomOf(2)], session: 's2' }))
  await settle()
  return { ...all, second, states }
}

beforeEach(() => {
  vi.useFakeTimers()
  FakePeerConnection.all = []
})
afterEach(() => void vi.useRealTimers())

test('move opens a socket to the other server with the session, and keeps the first until it is welcomed', async () => {
  const { client, socket } = await inRoom()
  const asked = vi.fn()
  client.on('moving', asked)
  socket.receive({ type: 'move', url: B, deadline_ms: 20_000 })
  const second = await opened()
  expect(asked).toHaveBeenCalledWith(20_000)
  expect(second.url).toBe(B)
  expect(second.got('hello')).toMatchObject({ session: 's', cursor: 'x' })
  expect(socket.closed).toBe(false)
  expect(client.link.state).toBe('up')
  second.receive(welcome({ outcome: 'snapshot', rooms: [roomOf(2)] }))
  expect(socket.closed).toBe(true)
  expect(socket.types()).not.toContain('bye')
  expect(client.link.state).toBe('up')
})

test('the old connection is shown until the new one carries the picture, and nobody sees a reconnect', async () => {
  const { room, second, states } = await moved()
  const [old, fresh] = pcs()
  expect(second.got('offer').generation).toBe(2)
  const before = picture(room)
  expect(before).toBeDefined()
  second.reply('offer', { type: 'answer', participant: 'me', generation: 2, sdp: 'answer' })
  second.receive(slots(2))
  fresh.becomes('connected')
  await vi.advanceTimersByTimeAsync(300)
  expect(picture(room)).toBe(before)
  expect(old.closed).toBe(false)
  arrivesOn(fresh)
  await vi.advanceTimersByTimeAsync(100)
  expect(picture(room)).toBe(fresh.transceivers[7]?.receiver.track)
  expect(old.closed).toBe(true)
  expect(states).toEqual([])
  expect(FakePeerConnection.all).toHaveLength(2)
})

test('microphone and camera are sent on both while they stand', async () => {
  const { room } = await moved()
  const [old, fresh] = pcs()
  await settle()
  expect(fresh.sends(1)).toBe(old.sends(1))
  expect(fresh.sends(1)).not.toBeNull()
  room.setCamera(false)
  await settle()
  expect([old.sends(1), fresh.sends(1)]).toEqual([null, null])
})

test('a new connection that brings no picture is shown after two seconds all the same', async () => {
  const { second } = await moved()
  const [old, fresh] = pcs()
  second.receive(slots(2))
  fresh.becomes('connected')
  await vi.advanceTimersByTimeAsync(2_200)
  expect(old.closed).toBe(true)
})

test('at the deadline the old connection is left, and the page says that it reconnects', async () => {
  const { states } = await moved()
  const [old] = pcs()
  const alive = setInterval(() => old.packets++, 100)
  await vi.advanceTimersByTimeAsync(19_000)
  expect(old.closed).toBe(false)
  await vi.advanceTimersByTimeAsync(1_500)
  clearInterval(alive)
  expect(old.closed).toBe(true)
  expect(states).toEqual(['reconnecting'])
})

test('an old server that dies before the deadline is not held on to', async () => {
  const { states } = await moved()
  const [old] = pcs()
  old.becomes('disconnected')
  expect(old.closed).toBe(true)
  expect(states).toEqual(['reconnecting'])
})

test('leaving during the hand-over closes both', async () => {
  const { room } = await moved()
  room.leave()
  expect(pcs().map((pc) => pc.closed)).toEqual([true, true])
  await vi.advanceTimersByTimeAsync(30_000)
  expect(FakePeerConnection.all).toHaveLength(2)
})

test('a server that does not welcome yet is asked again until the deadline, while the call goes on', async () => {
  const { client, socket } = await inRoom()
  socket.receive({ type: 'move', url: B, deadline_ms: 3_000 })
  const first = await opened()
  first.receive({ type: 'error', re: 1, code: 'unavailable', message: 'not yet' })
  await vi.advanceTimersByTimeAsync(500)
  expect(FakeSocket.last).not.toBe(first)
  expect(FakeSocket.last.url).toBe(B)
  expect(client.link.state).toBe('up')
  expect(socket.closed).toBe(false)
})

test('when the old server goes first, the next socket is opened to the new one', async () => {
  const { socket, room } = await inRoom()
  socket.receive({ type: 'move', url: B, deadline_ms: 20_000 })
  socket.breaks()
  await vi.advanceTimersByTimeAsync(150)
  const next = await opened()
  expect(next.url).toBe(B)
  next.receive(welcome({ outcome: 'snapshot', rooms: [roomOf(2)] }))
  await settle()
  expect(next.got('offer').generation).toBe(2)
  expect(room.ended).toBeUndefined()
})

test('a move to a bare address from an encrypted one is not followed', async () => {
  const client = new Client({ name: 'ada', url: 'wss://a.test/ws', environment: fakeBrowser() })
  void client.connect()
  const socket = await opened()
  socket.receive(welcome())
  socket.receive({ type: 'move', url: B, deadline_ms: 20_000 })
  await vi.advanceTimersByTimeAsync(2_000)
  expect(FakeSocket.last).toBe(socket)
})

test('a server that no longer answers is followed by its alternate, with the session', async () => {
  const browser = fakeBrowser()
  const client = new Client({ name: 'ada', url: A, environment: browser })
  void client.connect()
  const socket = await opened()
  socket.receive(welcome({ alternates: [B] }))
  socket.breaks()
  const urls: string[] = []
  for (let i = 0; i < 4; i++) {
    const state = client.link
    if (state.state === 'down') await vi.advanceTimersByTimeAsync(state.retryInMs)
    urls.push(FakeSocket.last.url)
    if (i < 3) FakeSocket.last.breaks()
  }
  expect(urls).toEqual([A, A, A, B])
  const other = await opened()
  expect(other.got('hello').session).toBe('s')
  other.receive(welcome({ outcome: 'snapshot' }))
  expect(client.link.state).toBe('up')
  // A reload begins where the session is.
  browser.window.dispatchEvent(new Event('pagehide'))
  void new Client({ name: 'ada', url: A, environment: browser }).connect()
  expect((await opened()).url).toBe(B)
})

test('a server that refuses for now is not waited for where another would take the session', async () => {
  const client = new Client({ name: 'ada', url: A, environment: fakeBrowser() })
  void client.connect()
  const socket = await opened()
  socket.receive(welcome({ alternates: [B] }))
  socket.breaks()
  await vi.advanceTimersByTimeAsync(150)
  const again = await opened()
  again.receive({ type: 'error', re: 1, code: 'unavailable', message: 'full', retry_after_ms: 9_000 })
  await vi.advanceTimersByTimeAsync(500)
  expect(FakeSocket.last.url).toBe(B)
})

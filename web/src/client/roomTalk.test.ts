import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { LineView, MemberView, RoomView, WelcomeMessage } from '../protocol/messages'
import { fakeBrowser, FakePeerConnection, FakeSocket, type FakeChannel } from '../testing/fakes'
import { welcome } from '../testing/welcome'
import { Client, type ClientOptions } from './client'

const member = (participant: string, change: Partial<MemberView> = {}): MemberView => ({
  participant,
  generation: 1,
  user: participant,
  name: participant,
  state: 'connected',
  publications: [],
  role: 'member',
  can_publish: true,
  ...change,
})
const view = (change: Partial<RoomView> = {}): RoomView => ({
  room: 'r',
  name: 'tea',
  epoch: 1,
  n: 1,
  self: 'me',
  options: { limit: 200, publishers: 'all', locked: false, lobby: false, start_muted: false, screen: 'ask' },
  members: [member('me', { role: 'host' }), member('bob')],
  ...change,
})
const line = (n: number, message: string, from = 'bob'): LineView => ({
  n,
  message,
  from,
  user: from,
  name: from,
  text: 'hi',
})
const settle = () => vi.advanceTimersByTimeAsync(0)

async function signIn(options: ClientOptions = {}) {
  const client = new Client({ name: 'ada', url: 'ws://x/ws', environment: fakeBrowser(), ...options })
  const connected = client.connect()
  await settle()
  FakeSocket.last.onopen?.()
  await settle()
  FakeSocket.last.receive(welcome())
  await connected
  return { client, socket: FakeSocket.last }
}

async function inRoom(options: ClientOptions = {}) {
  const { client, socket } = await signIn(options)
  const joining = client.joinRoom('tea')
  await settle()
  socket.reply('join_room', { type: 'joined', room: view() })
  const room = await joining
  await settle()
  return { client, socket, room }
}

/** The client's next socket, welcomed. */
async function reopen(hello: Partial<WelcomeMessage>): Promise<FakeSocket> {
  await vi.advanceTimersByTimeAsync(150)
  FakeSocket.last.onopen?.()
  await settle()
  FakeSocket.last.receive(welcome(hello))
  await settle()
  return FakeSocket.last
}

const chats = (socket: FakeSocket) => socket.sent.filter((m) => m.type === 'send_chat')

beforeEach(
  () =>
    void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] }),
)
afterEach(() => void vi.useRealTimers())

describe('chat', () => {
  test('sends one line after the other, so that their order stands', async () => {
    const { socket, room } = await inRoom()
    room.chat.send('one')
    room.chat.send('two')
    await settle()
    expect(chats(socket)).toMatchObject([{ text: 'one' }])
    const first = socket.got('send_chat')
    socket.receive({ type: 'chat_line', cursor: '1', room: 'r', epoch: 1, n: 2, line: line(2, first.message, 'me') })
    socket.reply('send_chat', { type: 'ok' })
    await settle()
    expect(chats(socket)).toMatchObject([{ text: 'one' }, { text: 'two' }])
    expect(room.chat.entries.map((e) => e.state)).toEqual(['said', 'sending'])
  })

  test('says an unanswered line again on the next socket, under the same id', async () => {
    const { socket, room } = await inRoom()
    room.chat.send('hello')
    await settle()
    const { message } = socket.got('send_chat')
    socket.breaks()
    const next = await reopen({ outcome: 'resumed' })
    expect(chats(next)).toMatchObject([{ message, text: 'hello' }])
  })

  test('waits as long as the server asks when lines come too fast', async () => {
    const { socket, room } = await inRoom()
    room.chat.send('hello')
    await settle()
    socket.reply('send_chat', { type: 'error', code: 'rate_limited', message: 'slowly', retry_after_ms: 700 })
    await vi.advanceTimersByTimeAsync(699)
    expect(chats(socket).length).toBe(1)
    await vi.advanceTimersByTimeAsync(2)
    expect(chats(socket).length).toBe(2)
    expect(room.chat.entries[0]?.state).toBe('sending')
  })

  test('keeps a refused line and tries it again when asked', async () => {
    const { socket, room } = await inRoom()
    room.chat.send('x', 'bob')
    await settle()
    socket.reply('send_chat', { type: 'error', code: 'not_found', message: 'bob is gone' })
    await settle()
    const [entry] = room.chat.entries
    expect(entry).toMatchObject({ state: 'failed', error: { code: 'not_found' } })
    room.chat.retry(entry?.id ?? '')
    await settle()
    expect(chats(socket)).toMatchObject([{ message: entry?.id }, { message: entry?.id, to: 'bob' }])
  })

  test('tells of a line of another once', async () => {
    const { socket, room } = await inRoom()
    const heard: string[] = []
    room.chat.on('line', (entry) => heard.push(entry.text))
    const event = { type: 'chat_line', cursor: '1', room: 'r', epoch: 1, n: 2, line: line(2, 'b1') } as const
    socket.receive(event)
    socket.receive(event)
    expect(heard).toEqual(['hi'])
  })

  test('reads what it missed after a snapshot, page by page', async () => {
    const { socket, room } = await inRoom()
    socket.breaks()
    const next = await reopen({ outcome: 'snapshot', rooms: [view({ n: 9 })] })
    next.reply('get_chat', { type: 'chat', room: 'r', epoch: 1, lines: [line(6, 'b6')], more: true })
    await settle()
    expect(next.got('get_chat').before).toBe(6)
    next.reply('get_chat', { type: 'chat', room: 'r', epoch: 1, lines: [line(5, 'b5')], more: false })
    await settle()
    expect(room.chat.entries.map((e) => e.id)).toEqual(['b5', 'b6'])
  })
})

describe('a room', () => {
  test('tells its options, one’s own role, hand, who is rung and who waits', async () => {
    const { socket, room } = await inRoom()
    const seen: unknown[] = []
    room.on('details', (now) => seen.push(now))
    expect(room.details).toMatchObject({ me: { role: 'host', hand: 0 }, invited: [], waiting: [] })
    const options = { ...view().options, locked: true }
    socket.receive({ type: 'options_changed', cursor: '1', room: 'r', epoch: 1, n: 2, options })
    const invitation = { invitation: 'i1', user: 'cat', name: 'Cat', from: 'me', state: 'ringing' } as const
    socket.receive({ type: 'invitation_changed', cursor: '2', room: 'r', epoch: 1, n: 3, invitation })
    const person = { participant: 'w', user: 'dan', name: 'Dan' }
    socket.receive({ type: 'lobby_changed', cursor: '3', room: 'r', epoch: 1, n: 4, person, waiting: true })
    expect(room.details).toMatchObject({ options: { locked: true }, invited: [invitation], waiting: [person] })
    const ended = { ...invitation, state: 'ended', reason: 'declined' } as const
    socket.receive({ type: 'invitation_changed', cursor: '4', room: 'r', epoch: 1, n: 5, invitation: ended })
    expect(room.details?.invited).toEqual([])
    expect(seen.length).toBe(4)
  })

  test('turns the microphone off when a host did, and only tells when a host asks for it', async () => {
    const { socket, room } = await inRoom()
    const asked: unknown[] = []
    room.on('muteAsked', (now) => asked.push(now))
    socket.receive({ type: 'mute_asked', cursor: '1', room: 'r', source: 'microphone', muted: true, by: 'bob' })
    expect(room.local.microphone.wanted).toBe(false)
    socket.receive({ type: 'mute_asked', cursor: '2', room: 'r', source: 'microphone', muted: false, by: 'bob' })
    expect(room.local.microphone.wanted).toBe(false)
    expect(asked).toEqual([
      { source: 'microphone', muted: true, by: 'bob' },
      { source: 'microphone', muted: false, by: 'bob' },
    ])
  })

  test('opens and publishes nothing where one may only watch, and opens nothing by being let', async () => {
    const environment = fakeBrowser()
    const { client, socket } = await signIn({ environment })
    const self = (can_publish: boolean) => member('me', { can_publish })
    const joining = client.joinRoom('tea')
    await settle()
    socket.reply('join_room', { type: 'joined', room: view({ members: [self(false), member('bob')] }) })
    const room = await joining
    await settle()
    room.setMicrophone(true)
    await settle()
    expect(environment.devices.asked).toEqual([])
    expect(room.local.microphone.wanted || room.local.camera.wanted).toBe(false)
    expect(socket.types()).not.toContain('publish')
    socket.receive({ type: 'member_changed', cursor: '1', room: 'r', epoch: 1, n: 2, member: self(true) })
    await settle()
    expect(environment.devices.asked).toEqual([])
    room.setMicrophone(true)
    await settle()
    expect(environment.devices.asked).toHaveLength(1)
    expect(socket.got('publish')).toMatchObject({ source: 'microphone', muted: false })
    socket.receive({ type: 'member_changed', cursor: '2', room: 'r', epoch: 1, n: 3, member: self(false) })
    await settle()
    expect(environment.devices.given.map((track) => track.readyState)).toEqual(['ended'])
  })

  test('rings a user into it under an id of its own and can take that back', async () => {
    const { socket, room } = await inRoom()
    const inviting = room.invite('cat', { video: false })
    await settle()
    const { invitation } = socket.got('invite')
    expect(socket.got('invite')).toMatchObject({ room: 'r', user: 'cat', video: false })
    socket.reply('invite', {
      type: 'invited',
      invitation: { invitation, user: 'cat', name: 'Cat', from: 'me', state: 'calling' },
    })
    expect((await inviting).invitation).toBe(invitation)
    void room.cancelInvitation(invitation).catch(() => undefined)
    await settle()
    expect(socket.got('cancel').call).toBe(invitation)
  })

  test('changes one option and leaves the others', async () => {
    const { socket, room } = await inRoom()
    void room.host.lock(true).catch(() => undefined)
    await settle()
    expect(socket.got('set_room').options).toEqual({ ...view().options, locked: true })
  })

  test('says what it shows 150 ms after the last change, and the same only once', async () => {
    const { socket, room } = await inRoom()
    const prefers = () => socket.sent.filter((m) => m.type === 'prefer')
    room.prefer([{ publication: 'p1', width: 100.4, height: 50 }])
    room.prefer([{ publication: 'p1', width: 320.4, height: 180 }])
    await vi.advanceTimersByTimeAsync(150)
    room.prefer([{ publication: 'p1', width: 320, height: 180 }])
    await vi.advanceTimersByTimeAsync(150)
    expect(prefers()).toMatchObject([{ videos: [{ publication: 'p1', width: 320, height: 180, priority: 0 }] }])
    room.prefer('auto')
    await vi.advanceTimersByTimeAsync(150)
    expect(prefers()[1]).toMatchObject({ videos: [], auto: true })
  })

  test('gives data and reactions to the page', async () => {
    const { socket, room } = await inRoom()
    const got: unknown[] = []
    room.on('data', (data) => got.push(data))
    room.on('reaction', (...reaction) => got.push(reaction))
    socket.receive({
      type: 'data',
      cursor: '1',
      room: 'r',
      epoch: 1,
      n: 2,
      message: 'd',
      from: 'bob',
      topic: 't',
      payload: 'p',
    })
    socket.receive({ type: 'reacted', room: 'r', epoch: 1, n: 3, from: 'bob', reaction: '👍' })
    expect(got).toEqual([{ from: 'bob', topic: 't', payload: 'p' }, ['bob', '👍']])
  })
})

describe('who speaks', () => {
  test('is told as it changes, and forgotten when the server started anew', async () => {
    const { socket, room } = await inRoom()
    const got: unknown[] = []
    room.on('speakers', (who) => got.push(who))
    socket.receive({ type: 'speakers', room: 'r', speakers: ['bob', 'me'] })
    expect(room.speakers).toEqual(['bob', 'me'])
    socket.receive({ type: 'speakers', room: 'other', speakers: ['bob'] })
    socket.receive({ type: 'speakers', room: 'r', speakers: [] })
    socket.receive({ type: 'speakers', room: 'r', speakers: [] })
    socket.receive({ type: 'speakers', room: 'r', speakers: ['me'] })
    socket.receive({ type: 'room_changed', cursor: '2', room: { ...view(), epoch: 2 } })
    expect(got).toEqual([['bob', 'me'], [], ['me'], []])
  })
})

describe('a lobby', () => {
  async function waiting() {
    const { client, socket } = await signIn()
    const names: (string | undefined)[] = []
    client.on('lobby', (name) => names.push(name))
    const joining = client.joinRoom('tea')
    await settle()
    socket.reply('join_room', { type: 'waiting', lobby: { room: 'r', name: 'tea', participant: 'me' } })
    await settle()
    return { client, socket, joining, names }
  }

  test('is left for the room when a host lets one in', async () => {
    const { client, socket, joining, names } = await waiting()
    expect(client.waitingFor).toBe('tea')
    socket.receive({ type: 'room_changed', cursor: '1', room: view() })
    expect((await joining).name).toBe('tea')
    expect(names).toEqual(['tea', undefined])
  })

  test('ends as refused when a host does not', async () => {
    const { socket, joining } = await waiting()
    const refused = expect(joining).rejects.toMatchObject({ code: 'refused' })
    socket.receive({ type: 'room_closed', cursor: '1', room: 'r', reason: 'refused' })
    await refused
  })

  test('asks again when the server has forgotten who waits', async () => {
    const { socket, joining } = await waiting()
    socket.breaks()
    const next = await reopen({ outcome: 'snapshot' })
    next.reply('join_room', { type: 'joined', room: view() })
    expect((await joining).name).toBe('tea')
  })
})

describe('lossy data', () => {
  test('is offered by nobody who does not want it', async () => {
    const { room } = await inRoom()
    expect(FakePeerConnection.all.at(-1)?.channels).toEqual([])
    await expect(room.sendData('x', { lossy: true })).rejects.toMatchObject({ code: 'unsupported' })
  })

  test('goes by an unordered data channel that never repeats, and not by the socket', async () => {
    const { room, socket } = await inRoom({ lossyData: true })
    const channel = FakePeerConnection.all.at(-1)?.channels[0] as FakeChannel
    expect(channel).toMatchObject({ label: 'lossy', init: { ordered: false, maxRetransmits: 0 } })
    await expect(room.sendData('early', { lossy: true })).rejects.toMatchObject({ code: 'disconnected' })
    channel.readyState = 'open'
    await room.sendData('1,2', { lossy: true, topic: 'cursor', to: 'bob' })
    expect(new TextDecoder().decode(channel.sent[0])).toBe('\x03bob\x06cursor1,2')
    channel.bufferedAmount = 20_000
    await expect(room.sendData('x', { lossy: true })).rejects.toMatchObject({ code: 'rate_limited' })
    await expect(room.sendData('x'.repeat(1200), { lossy: true })).rejects.toMatchObject({ code: 'invalid' })
    expect(channel.sent).toHaveLength(1)
    expect(socket.types()).not.toContain('send_data')
  })

  test('arrives as data that says so, and refusals as errors with their code', async () => {
    const { room, socket } = await inRoom({ lossyData: true })
    const got: unknown[] = []
    room.on('data', (data) => got.push(data))
    room.on('error', ({ code }) => got.push(code))
    const { buffer } = new TextEncoder().encode('\x03bob\x00\x00hello')
    FakePeerConnection.all.at(-1)?.channels[0]?.onmessage?.({ data: buffer })
    socket.receive({ type: 'data_refused', participant: 'me', code: 'rate_limited', message: 'too many', count: 3 })
    expect(got).toEqual([{ from: 'bob', topic: '', payload: 'hello', lossy: true }, 'rate_limited'])
  })
})

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { CallView, MemberView, RoomView, WelcomeMessage } from '../protocol/messages'
import { fakeBrowser, FakeLocks, FakePeerConnection, FakeSocket, named, type FakeBrowser } from '../testing/fakes'
import { welcome } from '../testing/welcome'
import type { Call } from './call'
import { Client } from './client'

const view = (change: Partial<CallView>): CallView => ({
  call: 'id1',
  direction: 'outgoing',
  state: 'calling',
  peer: { user: 'bob', name: 'Bob', presence: 'available' },
  video: true,
  room: 'r',
  participant: 'me',
  generation: 0,
  ...change,
})
const incoming = view({ call: 'in1', direction: 'incoming', state: 'ringing' })

const member = (participant: string, generation = 1): MemberView => ({
  participant,
  generation,
  user: participant,
  name: participant,
  state: 'connected',
  publications: [{ publication: `${participant}/camera`, source: 'camera', kind: 'video', muted: false }],
  role: 'member',
  can_publish: true,
})
const room = (change: Partial<RoomView> = {}): RoomView => ({
  room: 'r',
  epoch: 1,
  n: 1,
  self: 'me',
  options: { limit: 200, publishers: 'all', locked: false, lobby: false, start_muted: false, screen: 'ask' },
  members: [member('me'), member('bob')],
  ...change,
})

const settle = () => vi.advanceTimersByTimeAsync(0)
const pc = () => FakePeerConnection.all.at(-1) as FakePeerConnection

async function signIn(browser: FakeBrowser = fakeBrowser(), hello: Partial<WelcomeMessage> = {}) {
  const client = new Client({ name: 'ada', url: 'ws://x/ws', environment: browser })
  const ringing: Call[] = []
  client.on('incoming', (call) => ringing.push(call))
  const connected = client.connect()
  await settle()
  FakeSocket.last.onopen?.()
  await settle()
  FakeSocket.last.receive(welcome(hello))
  await connected
  await settle()
  return { client, socket: FakeSocket.last, browser, ringing }
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

/** Time in which the server answers each ping. */
async function answering(socket: FakeSocket, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 50) {
    await vi.advanceTimersByTimeAsync(50)
    if (socket.types().includes('ping')) socket.reply('ping', { type: 'pong' })
  }
}

async function placed(browser?: FakeBrowser) {
  const all = await signIn(browser)
  const call = all.client.place('bob')
  await settle()
  all.socket.reply('place', { type: 'call', call: view({}) })
  await settle()
  return { ...all, call }
}

async function active(browser?: FakeBrowser) {
  const all = await placed(browser)
  all.socket.reply('offer', { type: 'answer', participant: 'me', generation: 1, sdp: 'answer' })
  all.socket.receive({ type: 'call', cursor: '1', call: view({ state: 'active' }) })
  all.socket.receive({ type: 'room_changed', cursor: '2', room: room() })
  await settle()
  return all
}

beforeEach(() => {
  vi.useFakeTimers()
  FakePeerConnection.all = []
})
afterEach(() => void vi.useRealTimers())

describe('what the page shows', () => {
  function newest(): FakePeerConnection {
    const pc = FakePeerConnection.all.at(-1)
    if (!pc) throw new Error('no connection was made')
    return pc
  }
  const wishes = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ publication: `p${i}/camera`, width: 320, height: 180 }))

  test('makes an offer for more slots when there are too few, once for a step, and only on a standing connection', async () => {
    const { socket, call } = await active()
    const pc = newest()
    call.prefer(wishes(12))
    await settle()
    expect(pc.offers).toBe(1)
    pc.becomes('connected')
    await settle()
    expect(pc.offers).toBe(2)
    socket.reply('offer', { type: 'answer', participant: 'me', generation: 1, sdp: 'answer' })
    await settle()
    expect(call.slotTracks.video).toHaveLength(16)
    call.prefer(wishes(16))
    call.prefer(wishes(3))
    await settle()
    expect(pc.offers).toBe(2)
    call.prefer(wishes(17))
    call.prefer(wishes(40))
    await settle()
    socket.reply('offer', { type: 'answer', participant: 'me', generation: 1, sdp: 'answer' })
    await settle()
    expect(pc.offers).toBe(4)
    socket.reply('offer', { type: 'answer', participant: 'me', generation: 1, sdp: 'answer' })
    await settle()
    expect(call.slotTracks.video).toHaveLength(49)
  })

  test('keeps the slots there are when more are refused', async () => {
    const { socket, call } = await active()
    const pc = newest()
    pc.becomes('connected')
    call.prefer(wishes(12))
    await settle()
    socket.reply('offer', { type: 'error', code: 'unavailable', message: 'full' })
    await settle()
    expect(call.slotTracks.video).toHaveLength(9)
    expect(pc.transceivers).toHaveLength(4 + 3 + 9)
    expect(pc.offers).toBe(2)
  })
})

describe('a placed call', () => {
  test('is there at once, with the id that the client made', async () => {
    const { client, socket } = await signIn()
    const call = client.place('bob', { video: false })
    expect(call.info).toMatchObject({ id: 'id2', state: 'calling', peer: { user: 'bob' }, video: false })
    expect(socket.got('place')).toMatchObject({ call: 'id2', callee: 'bob', video: false })
    expect(client.call).toBe(call)
  })

  test('makes its one connection while it rings and sends to the server already', async () => {
    const { socket } = await placed()
    expect(FakePeerConnection.all).toHaveLength(1)
    const offer = socket.got('offer')
    expect(offer).toMatchObject({ participant: 'me', generation: 1, sdp: 'offer 1 restarts 0' })
    expect(offer.sections.map((s) => s.source)).toEqual(['microphone', 'camera', 'screen', 'screen_audio'])
    expect(pc().sends(0)?.kind).toBe('audio')
    expect(pc().sends(1)?.kind).toBe('video')
    expect(socket.sent.filter((m) => m.type === 'publish').map((m) => [m.source, m.muted])).toEqual(
      expect.arrayContaining([
        ['microphone', false],
        ['camera', false],
      ]),
    )
  })

  test('goes on without a camera', async () => {
    const browser = fakeBrowser()
    browser.devices.refuse.video = named('NotFoundError')
    const { client, socket } = await signIn(browser)
    const call = client.place('bob')
    socket.reply('place', { type: 'call', call: view({}) })
    await settle()
    expect(call.local.microphone.on).toBe(true)
    expect(call.local.camera).toMatchObject({ on: false, wanted: true })
    expect(pc().sends(1)).toBeNull()
    expect(call.info.state).toBe('calling')
  })

  test('that the server refuses ends as failed with its error', async () => {
    const { client, socket } = await signIn()
    const call = client.place('bob')
    socket.reply('place', { type: 'error', code: 'draining', message: 'no new calls' })
    await settle()
    expect(call.info).toMatchObject({ state: 'ended', reason: 'failed', error: { code: 'draining' } })
    expect(client.call).toBeUndefined()
  })

  test('that is cancelled ends here before the server answers, and frees the devices', async () => {
    const { call, socket, browser } = await placed()
    call.cancel()
    expect(call.info).toMatchObject({ state: 'ended', reason: 'cancelled', by: 'self' })
    expect(browser.devices.given.every((t) => t.readyState === 'ended')).toBe(true)
    expect(pc().closed).toBe(true)
    expect(socket.types().at(-1)).toBe('cancel')
  })

  test('that is cancelled in the moment of being answered is hung up', async () => {
    const { call, socket } = await placed()
    call.cancel()
    socket.reply('cancel', { type: 'error', code: 'wrong_state', message: 'it is active' })
    await settle()
    expect(socket.types().at(-1)).toBe('hang_up')
  })
})

describe('two people who call each other at once', () => {
  test('are in one call, under the id of the one that came first', async () => {
    const { client, socket, ringing } = await signIn()
    const call = client.place('bob')
    const theirs = view({ call: 'theirs', direction: 'incoming', state: 'ringing' })
    socket.receive({ type: 'call', cursor: '1', call: theirs })
    expect(ringing).toEqual([])
    socket.receive({ type: 'call', cursor: '2', call: { ...theirs, state: 'active' } })
    socket.receive({ type: 'room_changed', cursor: '3', room: room() })
    socket.reply('place', { type: 'call', call: { ...theirs, state: 'active' } })
    await settle()
    expect(client.call).toBe(call)
    expect(call.info).toMatchObject({ id: 'theirs', state: 'active' })
    expect(call.members.map((m) => m.user)).toEqual(['bob'])
    expect(FakePeerConnection.all).toHaveLength(1)
    call.hangUp()
    expect(socket.got('hang_up').call).toBe('theirs')
  })
})

describe('an incoming call', () => {
  test('is acknowledged and connected without asking for a device', async () => {
    const { client, socket, ringing, browser } = await signIn()
    socket.receive({ type: 'call', cursor: '1', call: incoming })
    await settle()
    expect(ringing).toHaveLength(1)
    expect(client.call).toBe(ringing[0])
    expect(socket.got('ringing').call).toBe('in1')
    expect(socket.got('offer')).toMatchObject({ participant: 'me', generation: 1 })
    expect(browser.devices.asked).toEqual([])
    expect(socket.types()).not.toContain('publish')
  })

  test('is not acknowledged by a program that does not show it', async () => {
    const client = new Client({ name: 'ada', url: 'ws://x/ws', environment: fakeBrowser() })
    client.connect().catch(() => undefined)
    await settle()
    FakeSocket.last.onopen?.()
    await settle()
    FakeSocket.last.receive(welcome())
    FakeSocket.last.receive({ type: 'call', cursor: '1', call: incoming })
    await settle()
    expect(FakeSocket.last.types()).not.toContain('ringing')
  })

  test('told twice rings once', async () => {
    const { socket, ringing } = await signIn()
    for (let i = 0; i < 2; i++) socket.receive({ type: 'call', cursor: '1', call: incoming })
    expect(ringing).toHaveLength(1)
  })

  test('is accepted before the devices are asked for, on the same connection and without another offer', async () => {
    const { socket, ringing, browser } = await signIn()
    socket.receive({ type: 'call', cursor: '1', call: incoming })
    await settle()
    socket.reply('offer', { type: 'answer', participant: 'me', generation: 1, sdp: 'answer' })
    await settle()
    const accepted = ringing[0]?.accept()
    expect(socket.got('accept')).toMatchObject({ call: 'in1', video: true })
    socket.reply('accept', { type: 'call', call: { ...incoming, state: 'active' } })
    await accepted
    await settle()
    expect(browser.devices.asked).toHaveLength(1)
    expect(ringing[0]?.info.state).toBe('active')
    expect(pc().sends(0)?.kind).toBe('audio')
    expect(pc().sends(1)?.kind).toBe('video')
    expect(pc().offers).toBe(1)
    expect(FakePeerConnection.all).toHaveLength(1)
    const published = socket.types().indexOf('publish')
    expect(published).toBeGreaterThan(socket.types().indexOf('accept'))
  })

  test('taken with a camera that is open already asks no sender what it sends', async () => {
    const { client, socket, ringing } = await signIn()
    await client.devices.start({ microphone: true, camera: true })
    socket.receive({ type: 'call', cursor: '1', call: incoming })
    await settle()
    socket.reply('offer', { type: 'answer', participant: 'me', generation: 1, sdp: 'answer' })
    await settle()
    const sender = pc().transceivers[1]?.sender
    expect(sender?.parameters.encodings).toMatchObject([
      { rid: 'q', scaleResolutionDownBy: 2 },
      { rid: 'h', scaleResolutionDownBy: 1 },
      { rid: 'f' },
    ])
    const asked = sender?.asked
    void ringing[0]?.accept()
    expect(pc().sends(1)?.kind).toBe('video')
    expect(sender?.asked).toBe(asked)
  })

  test('taken by voice opens no camera', async () => {
    const { socket, ringing, browser } = await signIn()
    socket.receive({ type: 'call', cursor: '1', call: incoming })
    void ringing[0]?.accept({ video: false })
    await settle()
    expect(browser.devices.asked.map((c) => Object.keys(c))).toEqual([['audio']])
    expect(socket.got('accept').video).toBe(false)
  })

  test('that was answered elsewhere ends so', async () => {
    const { client, socket, ringing } = await signIn()
    socket.receive({ type: 'call', cursor: '1', call: incoming })
    socket.receive({
      type: 'call',
      cursor: '2',
      call: { ...incoming, state: 'ended', reason: 'answered_elsewhere', by: 'self' },
    })
    expect(ringing[0]?.info).toMatchObject({ state: 'ended', reason: 'answered_elsewhere' })
    expect(client.call).toBeUndefined()
    expect(pc().closed).toBe(true)
  })

  test('is declined with a note', async () => {
    const { socket, ringing } = await signIn()
    socket.receive({ type: 'call', cursor: '1', call: incoming })
    ringing[0]?.decline('later')
    expect(socket.got('decline')).toMatchObject({ call: 'in1', note: 'later' })
    expect(ringing[0]?.info.reason).toBe('declined')
  })
})

describe('in a call', () => {
  test('muting sends nothing more, tells the others, and keeps the device', async () => {
    const { call, socket, browser } = await active()
    call.setMicrophone(false)
    expect(call.local.microphone).toMatchObject({ on: false, wanted: false })
    expect(socket.got('publish')).toMatchObject({ source: 'microphone', muted: true })
    await settle()
    expect(pc().sends(0)).toBeNull()
    expect(browser.devices.given[0]?.readyState).toBe('live')
    call.setMicrophone(true)
    await settle()
    expect(pc().sends(0)?.kind).toBe('audio')
    expect(browser.devices.asked).toHaveLength(1)
  })

  test('a microphone that the system takes for a phone call is told as interrupted, until it is back', async () => {
    const { call, socket, browser } = await active()
    browser.devices.given[0]?.onmute?.()
    await settle()
    expect(call.local.microphone).toMatchObject({ on: false, wanted: true })
    expect(socket.got('publish')).toMatchObject({ source: 'microphone', muted: true, interrupted: true })
    browser.devices.given[0]?.onunmute?.()
    await settle()
    expect(socket.got('publish')).toMatchObject({ source: 'microphone', muted: false })
    expect(socket.got('publish').interrupted).toBeUndefined()
  })

  test('turning the camera off closes it, and on opens it again, without an offer', async () => {
    const { call, socket, browser } = await active()
    call.setCamera(false)
    await settle()
    expect(browser.devices.given[1]?.readyState).toBe('ended')
    expect(socket.got('publish')).toMatchObject({ source: 'camera', muted: true })
    call.setCamera(true)
    await settle()
    expect(pc().sends(1)).toBe(browser.devices.given[2])
    expect(socket.got('publish')).toMatchObject({ source: 'camera', muted: false, width: 640, height: 360 })
    expect(pc().offers).toBe(1)
  })

  test('another camera is exchanged without an offer', async () => {
    const { client, browser } = await active()
    await client.devices.camera.choose('video-2')
    await settle()
    expect(pc().sends(1)).toBe(browser.devices.given[2])
    expect(pc().offers).toBe(1)
  })

  test('slots name the track of a member, the same object as before the call was answered', async () => {
    const { call, socket } = await placed()
    const early = call.slotTracks.video[0]
    socket.receive({ type: 'call', cursor: '1', call: view({ state: 'active' }) })
    socket.receive({ type: 'room_changed', cursor: '2', room: room() })
    const mid = pc().transceivers.find((t) => t.kind === 'video' && t.direction === 'recvonly')?.mid ?? ''
    socket.receive({
      type: 'slots',
      cursor: '3',
      participant: 'me',
      generation: 1,
      slots: [{ mid, kind: 'video', publication: 'bob/camera', participant: 'bob', source: 'camera' }],
    })
    expect(call.members[0]?.media.camera?.track).toBe(early)
    expect(early).toBeDefined()
  })

  test('a slot that changes hands is told with its picture', async () => {
    const { call, socket } = await placed()
    socket.receive({ type: 'call', cursor: '1', call: view({ state: 'active' }) })
    socket.receive({ type: 'room_changed', cursor: '2', room: room() })
    const slot = pc().transceivers.find((t) => t.kind === 'video' && t.direction === 'recvonly')
    const carries = (publication: string, since?: number) => {
      const [participant = '', source] = publication.split('/') as [string, 'camera' | 'screen']
      const view = { mid: slot?.mid ?? '', kind: 'video' as const, publication, participant, source }
      socket.receive({
        type: 'slots',
        cursor: publication,
        participant: 'me',
        generation: 1,
        slots: [since === undefined ? view : { ...view, since }],
      })
    }
    let shown = 8_000
    if (slot) slot.receiver.getSynchronizationSources = () => [{ rtpTimestamp: shown }]
    carries('bob/camera')
    expect(call.members[0]?.media.camera?.track).toBeDefined()
    carries('eve/camera', 9_000)
    expect(call.members[0]?.media.camera?.track).toBeDefined() // bob is still seen there
    shown = 9_000
    await vi.advanceTimersByTimeAsync(10)
    expect(call.members[0]?.media.camera?.track).toBeUndefined()
    carries('bob/camera', 20_000)
    await vi.advanceTimersByTimeAsync(190)
    expect(call.members[0]?.media.camera?.track).toBeUndefined()
    await vi.advanceTimersByTimeAsync(20) // longer it is not waited for
    expect(call.members[0]?.media.camera?.track).toBeDefined()
  })

  test('layers that the server wants are switched without an offer', async () => {
    const { socket } = await active()
    const encodings = () => pc().transceivers[1]?.sender.parameters.encodings.map((e) => [e.rid, e.active])
    expect(encodings()).toEqual([
      ['q', false],
      ['h', false],
      ['f', true],
    ])
    socket.receive({
      type: 'layers',
      cursor: '3',
      participant: 'me',
      source: 'camera',
      layers: [
        { rid: 'q', active: true },
        { rid: 'f', active: false },
      ],
    })
    await settle()
    expect(encodings()).toEqual([
      ['q', true],
      ['h', false],
      ['f', false],
    ])
  })

  test('wishes are gathered and told once', async () => {
    const { call, socket } = await active()
    call.prefer([{ publication: 'bob/camera', width: 100, height: 50 }])
    call.prefer([{ publication: 'bob/camera', width: 640.4, height: 360 }])
    await vi.advanceTimersByTimeAsync(150)
    const told = socket.sent.filter((m) => m.type === 'prefer')
    expect(told).toHaveLength(1)
    expect(told[0]).toMatchObject({ videos: [{ publication: 'bob/camera', width: 640, height: 360 }] })
  })

  test('a lost WebSocket leaves the media alone', async () => {
    const { call, socket } = await active()
    pc().becomes('connected')
    expect(call.connectionState).toBe('connected')
    socket.breaks()
    expect(call.connectionState).toBe('connected')
    expect(call.info.state).toBe('active')
    const second = await reopen({ outcome: 'resumed' })
    expect(second.types()).not.toContain('offer')
    expect(FakePeerConnection.all).toHaveLength(1)
  })

  test('what was muted while the WebSocket was away is told when it is back', async () => {
    const { call, socket } = await active()
    socket.breaks()
    call.setMicrophone(false)
    const second = await reopen({ outcome: 'resumed' })
    expect(second.sent.filter((m) => m.type === 'publish')).toEqual(
      expect.arrayContaining([expect.objectContaining({ source: 'microphone', muted: true })]),
    )
  })

  test('hanging up while the WebSocket is away reaches the server when it is back', async () => {
    const { call, socket } = await active()
    socket.breaks()
    call.hangUp()
    expect(call.info).toMatchObject({ state: 'ended', reason: 'hangup' })
    const second = await reopen({ outcome: 'resumed' })
    expect(second.got('hang_up').call).toBe('id1')
  })

  test('a restarted server gets a new connection of the next generation', async () => {
    const { call, socket } = await active()
    pc().becomes('connected')
    const states: string[] = []
    call.on('connection', (state) => states.push(state))
    socket.breaks(1012)
    const second = await reopen({ outcome: 'snapshot', call: view({ state: 'active' }), rooms: [room({ epoch: 2 })] })
    expect(call.info.state).toBe('active')
    expect(FakePeerConnection.all).toHaveLength(2)
    expect(FakePeerConnection.all[0]?.closed).toBe(true)
    await settle()
    expect(second.got('offer').generation).toBe(2)
    expect(pc().sends(0)?.kind).toBe('audio')
    pc().becomes('connected')
    expect(states).toEqual(['reconnecting', 'connected'])
  })

  test('a server that knows nothing of the call ends it as lost', async () => {
    const { call, socket } = await active()
    socket.breaks(1012)
    await reopen({ outcome: 'snapshot' })
    expect(call.info).toMatchObject({ state: 'ended', reason: 'lost' })
  })

  test('a path that falls silent is restarted on the same connection', async () => {
    const { call, socket } = await active()
    pc().becomes('connected')
    for (let i = 0; i < 20; i++) {
      pc().packets++
      await vi.advanceTimersByTimeAsync(250)
    }
    expect(pc().restarts).toBe(0)
    await answering(socket, 3_000)
    expect(call.connectionState).toBe('reconnecting')
    expect(socket.got('offer')).toMatchObject({ generation: 1, sdp: 'offer 2 restarts 1' })
    socket.reply('offer', { type: 'answer', participant: 'me', generation: 1, sdp: 'answer' })
    pc().packets++
    await vi.advanceTimersByTimeAsync(500)
    expect(call.connectionState).toBe('connected')
    expect(FakePeerConnection.all).toHaveLength(1)
  })

  test('silence has the server asked, and a socket that is as dead as the media is replaced before the restart needs it', async () => {
    const { socket } = await active()
    pc().becomes('connected')
    for (let i = 0; i < 20; i++) {
      pc().packets++
      await answering(socket, 250)
    }
    await vi.advanceTimersByTimeAsync(2_000)
    expect(FakeSocket.last).not.toBe(socket)
    const second = await reopen({ outcome: 'resumed' })
    await answering(second, 1_000)
    expect(second.got('offer')).toMatchObject({ generation: 1, sdp: 'offer 2 restarts 1' })
  })

  test('a path that comes back before the server can be reached is left as it is', async () => {
    const { call, socket } = await active()
    pc().becomes('connected')
    for (let i = 0; i < 20; i++) {
      pc().packets++
      await answering(socket, 250)
    }
    await vi.advanceTimersByTimeAsync(2_500)
    expect(call.connectionState).toBe('reconnecting')
    for (let i = 0; i < 4; i++) {
      pc().packets++
      await vi.advanceTimersByTimeAsync(250)
    }
    expect(call.connectionState).toBe('connected')
    const second = await reopen({ outcome: 'resumed' })
    for (let i = 0; i < 4; i++) {
      pc().packets++
      await answering(second, 250)
    }
    expect(second.types()).not.toContain('offer')
    expect(pc().restarts).toBe(0)
  })

  test('silence of the media alone leaves the socket alone', async () => {
    const { socket } = await active()
    pc().becomes('connected')
    await answering(socket, 20_000)
    expect(FakeSocket.last).toBe(socket)
    expect(socket.closed).toBe(false)
  })

  test('an offer that the server calls stale is made again on a new connection', async () => {
    const { socket } = await placed()
    socket.reply('offer', { type: 'error', code: 'stale', message: 'older' })
    await settle()
    expect(socket.got('offer').generation).toBe(2)
    expect(FakePeerConnection.all).toHaveLength(2)
  })

  test('a reload comes back to the call with a new generation and what was on', async () => {
    const { call, browser } = await active()
    call.setCamera(false)
    browser.window.dispatchEvent(new Event('pagehide'))
    const { client, socket } = await signIn(browser, {
      outcome: 'snapshot',
      call: view({ state: 'active', duration_ms: 5_000 }),
      rooms: [room({ n: 9 })],
    })
    expect(socket.got('hello').session).toBe('s')
    expect(client.call?.info).toMatchObject({ id: 'id1', state: 'active' })
    expect(socket.got('offer').generation).toBe(2)
    expect(client.call?.local.camera.wanted).toBe(false)
    expect(client.call?.local.microphone.on).toBe(true)
  })

  test('a reload offers right behind hello, before it is told what it comes back to, and keeps that connection', async () => {
    const { browser } = await active()
    browser.window.dispatchEvent(new Event('pagehide'))
    const client = new Client({ name: 'ada', url: 'ws://x/ws', environment: browser })
    void client.connect()
    expect(client.returning).toBe(true)
    const early = pc()
    await settle()
    FakeSocket.last.onopen?.()
    await settle()
    const socket = FakeSocket.last
    expect(socket.types()).toEqual(['hello', 'offer'])
    expect(socket.got('offer')).toMatchObject({ participant: 'me', generation: 2 })
    socket.receive(
      welcome({ outcome: 'snapshot', call: view({ state: 'active', generation: 1 }), rooms: [room({ n: 9 })] }),
    )
    socket.reply('offer', { type: 'answer', participant: 'me', generation: 2, sdp: 'x' })
    await settle()
    expect(pc()).toBe(early)
    expect(early.signalingState).toBe('stable')
    expect(socket.types().filter((t) => t === 'offer')).toHaveLength(1)
    early.becomes('connected')
    expect(client.call?.connectionState).toBe('connected')
    expect(client.returning).toBe(false)
    // The next reload is one generation on.
    browser.window.dispatchEvent(new Event('pagehide'))
    const { socket: next } = await signIn(browser, {
      outcome: 'snapshot',
      call: view({ state: 'active', generation: 2 }),
    })
    expect(next.got('offer').generation).toBe(3)
  })

  test('a reload offers by HTTP while its socket opens, where the session is at the server of the page', async () => {
    const { browser } = await active()
    browser.window.dispatchEvent(new Event('pagehide'))
    const asked: { url: string; init: RequestInit }[] = []
    const reload = async (reply: () => Promise<Response>, origin = 'http://x'): Promise<FakeSocket> => {
      browser.origin = origin
      browser.fetch = (url, init) => {
        asked.push({ url: url as string, init: init ?? {} })
        return reply()
      }
      const client = new Client({ name: 'ada', url: 'ws://x/ws', environment: browser })
      void client.connect()
      await vi.waitFor(() => expect(FakeSocket.last.onopen).toBeTruthy())
      await vi.advanceTimersByTimeAsync(10)
      FakeSocket.last.onopen?.()
      await settle()
      return FakeSocket.last
    }
    const answer = { participant: 'me', generation: 2, sdp: 'x' }
    const socket = await reload(() => Promise.resolve(Response.json(answer)))
    await vi.waitFor(() => expect(pc().signalingState).toBe('stable'))
    expect(socket.types()).toEqual(['hello'])
    expect(asked).toHaveLength(1)
    expect(asked[0]?.url).toBe('http://x/offer')
    expect(new Headers(asked[0]?.init.headers).get('Authorization')).toBe('Bearer s')
    const early = pc()
    socket.receive(
      welcome({ outcome: 'snapshot', call: view({ state: 'active', generation: 2 }), rooms: [room({ n: 9 })] }),
    )
    await settle()
    expect(pc()).toBe(early)
    expect(socket.types()).not.toContain('offer')

    // Where it is refused, or the session is elsewhere, the offer goes behind hello as before.
    browser.window.dispatchEvent(new Event('pagehide'))
    const refused = await reload(() => Promise.resolve(new Response('', { status: 404 })))
    await vi.waitFor(() => expect(refused.types()).toContain('offer'))
    expect(asked).toHaveLength(2)
    browser.window.dispatchEvent(new Event('pagehide'))
    const elsewhere = await reload(() => Promise.reject(new Error('never')), 'http://y')
    await vi.waitFor(() => expect(elsewhere.types()).toContain('offer'))
    expect(asked).toHaveLength(2)
  })

  test('a copy of a tab offers nothing by HTTP', async () => {
    const locks = new FakeLocks() as unknown as LockManager
    const { browser } = await active(fakeBrowser({ locks }))
    browser.window.dispatchEvent(new Event('pagehide'))
    let asked = 0
    browser.origin = 'http://x'
    browser.fetch = () => {
      asked++
      return Promise.reject(new Error('no network'))
    }
    void new Client({ name: 'ada', url: 'ws://x/ws', environment: browser }).connect()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(asked).toBe(0)
  })

  test('a reload whose call is over meanwhile closes the connection that it has begun', async () => {
    const { browser } = await active()
    browser.window.dispatchEvent(new Event('pagehide'))
    const before = FakePeerConnection.all.length
    const { client, socket } = await signIn(browser, { outcome: 'snapshot' })
    expect(FakePeerConnection.all.length).toBe(before + 1)
    expect(pc().closed).toBe(true)
    socket.reply('offer', { type: 'error', code: 'not_found', message: 'you have no seat' })
    await settle()
    expect(client.call).toBeUndefined()
    expect(FakePeerConnection.all.length).toBe(before + 1)
    // Nor does the next page wait for a call.
    browser.window.dispatchEvent(new Event('pagehide'))
    expect(new Client({ name: 'ada', url: 'ws://x/ws', environment: browser }).returning).toBe(false)
  })

  test('a reload after a call begins no connection', async () => {
    const { call, browser } = await active()
    call.hangUp()
    browser.window.dispatchEvent(new Event('pagehide'))
    const before = FakePeerConnection.all.length
    await signIn(browser, { outcome: 'snapshot' })
    expect(FakePeerConnection.all.length).toBe(before)
  })

  test('a reload that has begun an older connection than the server knows makes one of the next generation', async () => {
    const { browser } = await active()
    browser.window.dispatchEvent(new Event('pagehide'))
    const { socket } = await signIn(browser, {
      outcome: 'snapshot',
      call: view({ state: 'active', generation: 5 }),
      rooms: [room({ n: 9 })],
    })
    // Somebody knows of newer ones: the one begun is no use.
    expect(socket.types().filter((t) => t === 'offer')).toHaveLength(2)
    expect(socket.got('offer').generation).toBe(6)
  })

  test('hanging up closes the connection, tells the server, and keeps a preview open', async () => {
    const { client, call, socket, browser } = await active()
    await client.devices.start({ microphone: true, camera: true }, 'preview')
    call.hangUp()
    expect(socket.types().at(-1)).toBe('hang_up')
    expect(pc().closed).toBe(true)
    expect(browser.devices.given.every((t) => t.readyState === 'live')).toBe(true)
    client.devices.release('preview')
    expect(browser.devices.given.every((t) => t.readyState === 'ended')).toBe(true)
  })
})

describe('rooms', () => {
  test('are joined by name', async () => {
    const { client, socket } = await signIn()
    const joining = client.joinRoom('standup', { video: false })
    socket.reply('join_room', { type: 'joined', room: room({ name: 'standup' }) })
    const joined = await joining
    await settle()
    expect(joined.members.map((m) => m.user)).toEqual(['bob'])
    expect(socket.got('offer').participant).toBe('me')
    joined.leave()
    expect(socket.got('leave_room').room).toBe('r')
    expect(client.room).toBeUndefined()
  })

  test('tell who came and who went', async () => {
    const { call, socket } = await active()
    const told: string[] = []
    call.on('joined', (m) => told.push(`+${m.user}`))
    call.on('left', (m, reason) => told.push(`-${m.user} ${reason}`))
    socket.receive({ type: 'member_changed', cursor: '4', room: 'r', epoch: 1, n: 2, member: member('eve') })
    socket.receive({ type: 'member_left', cursor: '5', room: 'r', epoch: 1, n: 3, participant: 'bob', reason: 'lost' })
    expect(told).toEqual(['+eve', '-bob lost'])
  })
})

test('people are those who can be called, without oneself', async () => {
  const person = (user: string, presence: 'available' | 'offline' = 'available') => ({ user, name: user, presence })
  const { client, socket } = await signIn(fakeBrowser(), { people: [person('ada'), person('zoe'), person('bob')] })
  expect(client.people.map((p) => p.user)).toEqual(['bob', 'zoe'])
  socket.receive({ type: 'people_changed', cursor: '1', people: [person('zoe', 'offline')] })
  expect(client.people.map((p) => p.user)).toEqual(['bob'])
})

test('missed calls are told with their time and cleared at once', async () => {
  const { client, socket } = await signIn(fakeBrowser(), {
    missed: [{ user: 'bob', name: 'Bob', count: 2, video: true, ago_ms: 60_000 }],
  })
  expect(client.missed[0]).toMatchObject({ user: 'bob', count: 2, at: Date.now() - 60_000 })
  client.clearMissed()
  expect(client.missed).toEqual([])
  expect(socket.types()).toContain('clear_missed')
})

test('a listener that throws does not keep the others from hearing', async () => {
  const { client } = await signIn()
  const uncaught = vi.fn()
  vi.stubGlobal('queueMicrotask', (job: () => void) => {
    try {
      job()
    } catch (error) {
      uncaught(error)
    }
  })
  const heard = vi.fn()
  client.on('missed', () => {
    throw new Error('mine')
  })
  client.on('missed', heard)
  client.clearMissed()
  expect(heard).toHaveBeenCalledOnce()
  expect(uncaught).toHaveBeenCalledWith(new Error('mine'))
})

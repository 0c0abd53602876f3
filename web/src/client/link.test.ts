import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { fakeBrowser, FakeSocket, type FakeBrowser } from '../testing/fakes'
import type { WelcomeMessage } from '../protocol/messages'
import { browserEnvironment } from './environment'
import { Link, type LinkOptions } from './link'
import { SessionStore } from './sessionStore'

const URL = 'ws://relay.test/ws'

function welcome(change: Partial<WelcomeMessage> = {}): WelcomeMessage {
  return {
    type: 'welcome',
    re: 1,
    version: 1,
    outcome: 'new',
    session: 'secret',
    cursor: 'c0',
    user: 'ada',
    name: 'Ada',
    grace_ms: 60_000,
    away_grace_ms: 5_000,
    ring_ms: 30_000,
    can_list: true,
    ...change,
  }
}

function makeLink(browser: FakeBrowser, options: Partial<LinkOptions> = {}): Link {
  const env = browserEnvironment(browser)
  return new Link(env, new SessionStore(env, URL), { url: URL, client: 'test', name: 'ada', ...options })
}

/** Opens the newest socket and lets the hello go out. */
async function opens(): Promise<FakeSocket> {
  await vi.advanceTimersByTimeAsync(0)
  FakeSocket.last.onopen?.()
  await vi.advanceTimersByTimeAsync(0)
  return FakeSocket.last
}

async function up(link: Link): Promise<FakeSocket> {
  link.start()
  const socket = await opens()
  socket.receive(welcome())
  return socket
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('hello carries name and version; the welcome brings the link up', async () => {
  const link = makeLink(fakeBrowser())
  const socket = await up(link)
  expect(socket.got('hello')).toMatchObject({ version: 1, name: 'ada', client: 'test' })
  expect(socket.got('hello').session).toBeUndefined()
  expect(link.state).toEqual({ state: 'up' })
})

test('a broken socket is followed by one that resumes from the newest cursor', async () => {
  const link = makeLink(fakeBrowser())
  const first = await up(link)
  first.receive({ type: 'missed_changed', cursor: 'c7', missed: [] })
  first.receive({ type: 'ticket', cursor: 'c8', session: 'secret2' })
  first.breaks()
  expect(link.state.state).toBe('down')
  await vi.advanceTimersByTimeAsync(150)
  const second = await opens()
  expect(second).not.toBe(first)
  expect(second.got('hello')).toMatchObject({ session: 'secret2', cursor: 'c8' })
})

test('a reload takes the session up from the storage of the tab', async () => {
  const browser = fakeBrowser()
  await up(makeLink(browser))
  browser.window.dispatchEvent(new Event('pagehide'))
  makeLink(browser).start()
  const hello = (await opens()).got('hello')
  expect(hello.session).toBe('secret')
  // It knows nothing any more, so it asks for the whole state.
  expect(hello.cursor).toBeUndefined()
})

test('a request that was not answered when the socket broke is sent again on the next', async () => {
  const link = makeLink(fakeBrowser())
  const first = await up(link)
  const asked = link.request('place', { call: 'k', callee: 'bob', video: true })
  expect(first.got('place').callee).toBe('bob')
  first.breaks()
  await vi.advanceTimersByTimeAsync(150)
  const second = await opens()
  second.receive(welcome({ outcome: 'resumed' }))
  const call = { call: 'k', state: 'calling' } as never
  second.reply('place', { type: 'call', call })
  await expect(asked).resolves.toMatchObject({ call: { call: 'k' } })
})

test("a request rejects with the server's code", async () => {
  const link = makeLink(fakeBrowser())
  const socket = await up(link)
  const asked = link.request('join_room', { name: 'x' })
  socket.reply('join_room', { type: 'error', code: 'forbidden', message: 'no', retry_after_ms: 5 })
  await expect(asked).rejects.toMatchObject({ code: 'forbidden', message: 'no', retryAfterMs: 5 })
})

test('a request without an answer rejects in time', async () => {
  const link = makeLink(fakeBrowser())
  await up(link)
  const asked = expect(link.request('clear_missed', {}, 1_000)).rejects.toMatchObject({ code: 'timeout' })
  await vi.advanceTimersByTimeAsync(1_000)
  await asked
})

test('a session that the server no longer takes is replaced by a new one, once', async () => {
  const link = makeLink(fakeBrowser())
  const first = await up(link)
  first.breaks()
  await vi.advanceTimersByTimeAsync(150)
  const second = await opens()
  second.receive({ type: 'error', re: 1, code: 'unauthorized', message: 'expired' })
  const third = await opens()
  expect(third.got('hello')).toMatchObject({ name: 'ada' })
  expect(third.got('hello').session).toBeUndefined()
  third.receive({ type: 'error', re: 1, code: 'unauthorized', message: 'no' })
  expect(link.state).toMatchObject({ state: 'closed', cause: { code: 'unauthorized' } })
})

test.each([
  [4403, 'forbidden'],
  [4409, 'replaced'],
])('after close code %i the link does not return', async (code, cause) => {
  const link = makeLink(fakeBrowser())
  const socket = await up(link)
  socket.breaks(code)
  expect(link.state).toMatchObject({ state: 'closed', cause: { code: cause } })
  await vi.advanceTimersByTimeAsync(120_000)
  expect(FakeSocket.last).toBe(socket)
  await expect(link.request('clear_missed', {})).rejects.toMatchObject({ code: 'closed' })
})

test('a silent server is asked for a sign of life and then given up', async () => {
  const link = makeLink(fakeBrowser())
  const socket = await up(link)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(socket.types()).toContain('ping')
  socket.reply('ping', { type: 'pong' })
  await vi.advanceTimersByTimeAsync(3_000)
  expect(link.state.state).toBe('up')
  await vi.advanceTimersByTimeAsync(6_000)
  expect(link.state.state).not.toBe('up')
  expect(socket.closed).toBe(true)
})

test('online opens the socket at once instead of waiting', async () => {
  const browser = fakeBrowser()
  const link = makeLink(browser)
  await up(link)
  for (let i = 0; i < 8; i++) {
    FakeSocket.last.breaks()
    const state = link.state
    if (state.state === 'down' && i < 7) await vi.advanceTimersByTimeAsync(state.retryInMs)
  }
  const before = FakeSocket.last
  browser.window.dispatchEvent(new Event('online'))
  expect(FakeSocket.last).not.toBe(before)
})

test('a network that was gone and is back gets a new socket at once, whatever the old one looks like', async () => {
  const browser = fakeBrowser()
  const link = makeLink(browser)
  const hints: boolean[] = []
  link.on('network', (gone) => hints.push(gone))
  const before = await up(link)
  browser.window.dispatchEvent(new Event('online'))
  expect(FakeSocket.last).toBe(before)
  browser.window.dispatchEvent(new Event('offline'))
  expect(FakeSocket.last).toBe(before)
  browser.window.dispatchEvent(new Event('online'))
  expect(FakeSocket.last).not.toBe(before)
  expect(before.closed).toBe(true)
  expect(hints).toEqual([false, true])
  const socket = await opens()
  expect(socket.got('hello').session).toBe('secret')
})

test('a socket that hangs since the network went is replaced when it returns', async () => {
  const browser = fakeBrowser()
  const link = makeLink(browser)
  const before = await up(link)
  browser.window.dispatchEvent(new Event('offline'))
  before.breaks()
  await vi.advanceTimersByTimeAsync(150)
  const hanging = FakeSocket.last
  expect(hanging).not.toBe(before)
  browser.window.dispatchEvent(new Event('online'))
  expect(FakeSocket.last).not.toBe(hanging)
  expect(hanging.closed).toBe(true)
})

test('in a network that has just come a second socket is tried beside the first, and the first to open says hello', async () => {
  for (const winner of [0, 1]) {
    const browser = fakeBrowser()
    const link = makeLink(browser)
    await up(link)
    browser.window.dispatchEvent(new Event('offline'))
    browser.window.dispatchEvent(new Event('online'))
    const first = FakeSocket.last
    await vi.advanceTimersByTimeAsync(500)
    const sockets = [first, FakeSocket.last]
    expect(sockets[1]).not.toBe(first)
    sockets[winner]?.onopen?.()
    await vi.advanceTimersByTimeAsync(0)
    expect(sockets.map((s) => s.types())).toEqual(winner ? [[], ['hello']] : [['hello'], []])
    expect(sockets[1 - winner]?.closed).toBe(true)
    sockets[winner]?.receive(welcome({ outcome: 'resumed' }))
    expect(link.state.state).toBe('up')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(FakeSocket.last).toBe(sockets[1])
  }
})

test('a page that is looked at again, or a machine that has slept, finds out at once whether its socket lives', async () => {
  const browser = fakeBrowser()
  const link = makeLink(browser)
  const hints: boolean[] = []
  link.on('network', (gone) => hints.push(gone))
  const socket = await up(link)
  const pings = (): number => socket.types().filter((type) => type === 'ping').length
  browser.window.dispatchEvent(new Event('visibilitychange'))
  expect(pings()).toBe(1)
  socket.receive({ type: 'pong', re: 2 } as never)
  await vi.advanceTimersByTimeAsync(1_500)
  expect(pings()).toBe(1)
  vi.setSystemTime(Date.now() + 60_000)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(pings()).toBe(2)
  expect(hints).toEqual([false, false])
})

test('a socket that the page has opened already is taken, once', async () => {
  const early = Object.assign(new FakeSocket(URL), { readyState: 1 })
  const opened = [early]
  const openedSocket = (): WebSocket | undefined => opened.shift() as unknown as WebSocket | undefined
  const link = makeLink(fakeBrowser({ openedSocket }))
  link.start()
  await vi.advanceTimersByTimeAsync(0)
  expect(early.types()).toEqual(['hello'])
  early.receive(welcome())
  expect(link.state.state).toBe('up')
  early.breaks()
  await vi.advanceTimersByTimeAsync(150)
  const next = await opens()
  expect(next).not.toBe(early)
  expect(next.got('hello').session).toBe('secret')
})

test('a doubted socket that is silent is replaced by the one that was opened beside it', async () => {
  const link = makeLink(fakeBrowser())
  const first = await up(link)
  await vi.advanceTimersByTimeAsync(1_000)
  link.doubt()
  expect(first.got('ping')).toBeDefined()
  await vi.advanceTimersByTimeAsync(250)
  expect(FakeSocket.last).not.toBe(first)
  expect(link.state.state).toBe('up')
  const second = await opens()
  expect(second.got('hello').session).toBe('secret')
  second.receive(welcome({ outcome: 'resumed' }))
  expect(link.state.state).toBe('up')
  await vi.advanceTimersByTimeAsync(10_000 - 5_001)
  expect(FakeSocket.last).toBe(second)
})

test('a doubted socket that speaks is kept, and the one beside it given up', async () => {
  const link = makeLink(fakeBrowser())
  const first = await up(link)
  await vi.advanceTimersByTimeAsync(1_000)
  link.doubt()
  await vi.advanceTimersByTimeAsync(250)
  const second = FakeSocket.last
  expect(second).not.toBe(first)
  first.receive({ type: 'pong', re: 2 })
  second.onopen?.()
  await vi.advanceTimersByTimeAsync(2_000)
  expect(second.sent).toEqual([])
  expect(link.state.state).toBe('up')
  link.request('clear_missed', {}).catch(() => undefined)
  expect(first.got('clear_missed')).toBeDefined()
})

test('who waits for a sign of life has it with the next message, or with the next socket', async () => {
  const link = makeLink(fakeBrowser())
  const socket = await up(link)
  const heard: string[] = []
  void link.heardSince(performance.now() - 1).then(() => heard.push('before'))
  void link.heardSince(performance.now()).then(() => heard.push('after'))
  await vi.advanceTimersByTimeAsync(10)
  expect(heard).toEqual(['before'])
  expect(socket.types().at(-1)).toBe('ping')
  await vi.advanceTimersByTimeAsync(900)
  const second = await opens()
  expect(heard).toEqual(['before'])
  second.receive(welcome({ outcome: 'resumed' }))
  await vi.advanceTimersByTimeAsync(0)
  expect(heard).toEqual(['before', 'after'])
})

test('a server that welcomes and closes at once is not hammered', async () => {
  const link = makeLink(fakeBrowser())
  link.start()
  let welcomes = 0
  const until = performance.now() + 20_000
  while (performance.now() < until) {
    const socket = await opens()
    socket.receive(welcome())
    welcomes++
    socket.breaks()
    const state = link.state
    if (state.state === 'down') await vi.advanceTimersByTimeAsync(state.retryInMs)
  }
  expect(welcomes).toBeLessThan(30)
})

test('the server may ask for a longer pause', async () => {
  const link = makeLink(fakeBrowser())
  link.start()
  const socket = await opens()
  socket.receive({ type: 'error', re: 1, code: 'unavailable', message: 'full', retry_after_ms: 9_000 })
  expect(link.state).toMatchObject({ state: 'down', retryInMs: 9_000 })
})

test('a token is fetched for a new session, not for a resumed one', async () => {
  const token = vi.fn(() => Promise.resolve('t'))
  const link = makeLink(fakeBrowser(), { name: undefined, token })
  const first = await up(link)
  expect(first.got('hello').token).toBe('t')
  first.breaks()
  await vi.advanceTimersByTimeAsync(150)
  await opens()
  expect(token).toHaveBeenCalledTimes(1)
})

test("a token of another person does not resume this tab's session", async () => {
  const browser = fakeBrowser()
  await up(makeLink(browser))
  browser.window.dispatchEvent(new Event('pagehide'))
  const bob = `x.${btoa(JSON.stringify({ sub: 'bob' }))}.x`
  makeLink(browser, { name: undefined, token: bob }).start()
  const hello = (await opens()).got('hello')
  expect(hello.session).toBeUndefined()
  expect(hello.token).toBe(bob)
})

test('stop signs out', async () => {
  const link = makeLink(fakeBrowser())
  const socket = await up(link)
  link.stop()
  expect(socket.types().at(-1)).toBe('bye')
  expect(socket.closed).toBe(true)
  expect(link.state).toMatchObject({ state: 'closed', cause: { code: 'closed' } })
})

test('frames that are no messages are ignored', async () => {
  const link = makeLink(fakeBrowser())
  const socket = await up(link)
  for (const data of ['', '{', 'null', '[]', '{"type":3}', new ArrayBuffer(2)]) socket.onmessage?.({ data })
  expect(link.state.state).toBe('up')
})

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { fakeBrowser, FakeLocks, FakeStorage } from '../testing/fakes'
import { browserEnvironment } from './environment'
import { SessionStore } from './sessionStore'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const session = { user: 'ada', session: 's', seats: { p: 3 } }

test('writes are gathered and read again by the same tab', () => {
  const env = browserEnvironment(fakeBrowser())
  const store = new SessionStore(env, 'u')
  store.update(session)
  expect(new SessionStore(env, 'u').current).toBeUndefined()
  vi.advanceTimersByTime(200)
  expect(new SessionStore(env, 'u').current).toMatchObject(session)
  expect(new SessionStore(env, 'another server').current).toBeUndefined()
})

test('a duplicated tab does not take the session of the first', async () => {
  const locks = new FakeLocks() as unknown as LockManager
  const storage = new FakeStorage() as unknown as Storage
  const env = browserEnvironment(fakeBrowser({ locks, sessionStorage: storage }))
  const first = new SessionStore(env, 'u')
  await first.claim()
  first.update(session)
  first.flush()
  const copy = new SessionStore(env, 'u')
  const claimed = copy.claim()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(await claimed).toBe(false)
  expect(copy.current).toBeUndefined()
})

test('a reloaded tab waits for its own old lock', async () => {
  const locks = new FakeLocks()
  const env = browserEnvironment(fakeBrowser({ locks: locks as unknown as LockManager }))
  const before = new SessionStore(env, 'u')
  before.update(session)
  before.flush()
  const after = new SessionStore(env, 'u')
  const claimed = after.claim()
  await vi.advanceTimersByTimeAsync(30)
  locks.releaseAll()
  await vi.advanceTimersByTimeAsync(0)
  expect(await claimed).toBe(true)
  expect(after.current).toMatchObject(session)
})

test.each(['', '{', '[]', '{"tab":1}', '{"tab":"t","user":"u","session":"s","seats":{"p":"x"}}'])(
  'damaged storage is no session: %s',
  (text) => {
    const storage = new FakeStorage()
    storage.setItem('callrelay.session u', text)
    const env = browserEnvironment(fakeBrowser({ sessionStorage: storage as unknown as Storage }))
    expect(new SessionStore(env, 'u').current).toBeUndefined()
  },
)

test('without storage the session lives as long as the page', () => {
  const store = new SessionStore(browserEnvironment(fakeBrowser({ sessionStorage: undefined })), 'u')
  store.update(session)
  store.flush()
  expect(store.current).toMatchObject(session)
})

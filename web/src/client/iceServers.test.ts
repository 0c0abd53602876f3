import { expect, test, vi } from 'vitest'
import type { ServerMessage, WelcomeMessage } from '../protocol/messages'
import { Emitter } from './emitter'
import { browserEnvironment } from './environment'
import { ICEServers } from './iceServers'
import type { Link } from './link'
import { SessionStore } from './sessionStore'
import { fakeBrowser } from '../testing/fakes'

type Events = { welcome: [WelcomeMessage]; message: [ServerMessage] }

const servers = (credential: string) => [{ urls: ['turn:a:1?transport=tcp'], username: 'u', credential }]

class FakeLink extends Emitter<Events> {
  tell<K extends keyof Events>(event: K, ...args: Events[K]): void {
    this.emit(event, ...args)
  }
}

const store = (browser = fakeBrowser()) => new SessionStore(browserEnvironment(browser), 'ws://x/ws')

test('the newest credential of welcome, refresh and answer is used, and none lost by a message without', () => {
  const link = new FakeLink()
  const ice = new ICEServers(link as unknown as Link, store())
  const credential = () => ice.current.map((s) => s.credential)
  expect(credential()).toEqual([])
  link.tell('welcome', { type: 'welcome', ice_servers: servers('1') } as unknown as WelcomeMessage)
  expect(credential()).toEqual(['1'])
  link.tell('message', { type: 'ice_servers', ice_servers: servers('2') })
  expect(credential()).toEqual(['2'])
  ice.take(servers('3'))
  ice.take(undefined)
  link.tell('message', { type: 'draining', deadline_ms: 1 })
  expect(credential()).toEqual(['3'])
})

test('a page that was reloaded uses what the one before was offered, but nothing that may have expired', () => {
  vi.useFakeTimers()
  try {
    const browser = fakeBrowser()
    const before = store(browser)
    new ICEServers(new FakeLink() as unknown as Link, before).take(servers('1'))
    before.flush()
    const reloaded = () => new ICEServers(new FakeLink() as unknown as Link, store(browser))
    vi.advanceTimersByTime(200_000)
    const soon = reloaded()
    expect(soon.takeKept()).toBe(true)
    expect(soon.current.map((s) => s.credential)).toEqual(['1'])
    vi.advanceTimersByTime(100_000)
    const late = reloaded()
    expect(late.takeKept()).toBe(false)
    expect(late.current).toEqual([])
  } finally {
    vi.useRealTimers()
  }
})

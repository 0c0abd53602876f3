import { expect, test } from 'vitest'
import type { ServerMessage, WelcomeMessage } from '../protocol/messages'
import { Emitter } from './emitter'
import { ICEServers } from './iceServers'
import type { Link } from './link'

type Events = { welcome: [WelcomeMessage]; message: [ServerMessage] }

const servers = (credential: string) => [{ urls: ['turn:a:1?transport=tcp'], username: 'u', credential }]

test('the newest credential of welcome, refresh and answer is used, and none lost by a message without', () => {
  const link = new (class extends Emitter<Events> {
    tell<K extends keyof Events>(event: K, ...args: Events[K]): void {
      this.emit(event, ...args)
    }
  })()
  const ice = new ICEServers(link as unknown as Link)
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

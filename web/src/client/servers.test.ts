import { expect, test } from 'vitest'
import { Servers } from './servers'

const A = 'wss://a.test/ws'
const B = 'wss://b.test/ws'
const C = 'wss://c.test/ws'

/** The addresses of the next tries, each of which fails. */
function tries(servers: Servers, n: number, silent = false): string[] {
  return Array.from({ length: n }, () => {
    const { current } = servers
    servers.failed(silent)
    return current
  })
}

test('without alternates the one server is tried for ever', () => {
  expect(new Set(tries(new Servers(A), 20))).toEqual(new Set([A]))
})

test('a server that refuses is tried three times, then each of the others once a round', () => {
  const servers = new Servers(A)
  servers.learn([B, C])
  expect(tries(servers, 8)).toEqual([A, A, A, B, C, A, B, C])
})

test('a server that says nothing is left at once', () => {
  const servers = new Servers(A)
  servers.learn([B])
  expect(tries(servers, 3, true)).toEqual([A, B, A])
})

test('the one that welcomed the session comes first from then on, and home is never forgotten', () => {
  const servers = new Servers(A)
  servers.learn([B])
  tries(servers, 3)
  expect(servers.current).toBe(B)
  servers.learn([C])
  expect(servers.kept).toEqual([B, C, A])
})

test('a session moves to the preferred server and falls back to the one it left', () => {
  const servers = new Servers(A)
  expect(servers.prefer(B)).toBe(true)
  expect(tries(servers, 4)).toEqual([B, B, B, A])
})

test('what was kept is taken up, and nothing that is no address', () => {
  expect(new Servers(A, [B, 'nonsense', 'http://x.test/', A]).kept).toEqual([B, A])
})

test.each(['ws://b.test/ws', 'https://b.test/ws', 'javascript:0', '', 7])(
  'a session never goes from wss to %s',
  (url) => {
    const servers = new Servers(A)
    expect(servers.prefer(url as string)).toBe(false)
    servers.learn([url as string])
    expect(servers.kept).toEqual([A])
  },
)

test('no more than eight are kept', () => {
  const servers = new Servers(A)
  servers.learn(Array.from({ length: 99 }, (_, i) => `wss://s${i}.test/ws`))
  expect(servers.kept).toHaveLength(8)
})

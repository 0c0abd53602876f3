// Join tokens at the real binary with keys: which ones it takes, and what the
// page says to somebody who came with another.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { Person } from '../browser/person.mjs'
import { Socket } from '../lab/socket.mjs'

const SECRET = 'an end-to-end secret of more than 32 bytes'
export const setUp = (world) => world.server('tokens', { open: false, flags: ['--keys', `lab:${SECRET}`] })

const MAX_TOKEN = 8 * 1024
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
const now = () => Math.floor(Date.now() / 1000)

/** A token that is good but for what is changed; undefined takes a claim away. */
function token({ secret = SECRET, claims = {}, grants = {}, header = {} } = {}) {
  const good = { iss: 'lab', sub: 'ann', aud: 'callrelay', nbf: now() - 5, exp: now() + 3600 }
  const all = { user: 'ann', name: 'Ann', callees: ['*'], rooms: ['*'], publish: true, subscribe: true, list: true }
  const text = `${part({ alg: 'HS256', typ: 'JWT', ...header })}.${part({ ...good, ...claims, grants: { ...all, ...grants } })}`
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}

const BAD = {
  none: () => '',
  'wrong key': () => token({ secret: 'another secret of at least 32 bytes too' }),
  'unknown issuer': () => token({ claims: { iss: 'stranger' } }),
  expired: () => token({ claims: { exp: now() - 3600 } }),
  'not yet valid': () => token({ claims: { nbf: now() + 3600 } }),
  'no expiry': () => token({ claims: { exp: undefined } }),
  'wrong audience': () => token({ claims: { aud: 'elsewhere' } }),
  'not signed': () => `${part({ alg: 'none' })}.${part({ iss: 'lab', aud: 'callrelay', exp: now() + 3600, grants: { user: 'ann' } })}.`,
  oversized: () => token({ grants: { name: 'a'.repeat(MAX_TOKEN) } }),
  'no token at all': () => 'nonsense',
}

const upgrade = (server, text) => Socket.open(`${server.socket}?access_token=${encodeURIComponent(text)}`)

/** Somebody who opened a link with this token in it. */
async function guest(world, server, text) {
  const person = new Person(await (await world.browser('alice')).open(), server.url, 'guest')
  world.people.push(person)
  await person.tab.goto(`${server.url}/#token=${encodeURIComponent(text)}`)
  return person
}

export const cases = [
  {
    name: 'a bad token is refused with 401 at the upgrade, and with unauthorized at hello',
    async run(_, server) {
      for (const [what, make] of Object.entries(BAD)) {
        await assert.rejects(upgrade(server, make()), { status: 401 }, what)
        const socket = await Socket.open(server.socket)
        const reply = await socket.request('hello', { version: 1, name: 'ann', token: make() || undefined })
        assert.equal(`${reply.type} ${reply.code}`, 'error unauthorized', what)
        assert.ok(reply.message.length > 5 && !reply.message.includes(SECRET), `${what}: a sentence`)
        assert.equal((await socket.close()).code, 4401, what)
      }
    },
  },
  {
    name: 'a good token signs in, either way',
    async run(_, server) {
      const before = await upgrade(server, token())
      assert.equal((await before.request('hello', { version: 1 })).user, 'ann')
      const after = await Socket.open(server.socket)
      assert.equal((await after.request('hello', { version: 1, token: token() })).name, 'Ann')
      before.end()
      after.end()
    },
  },
  {
    name: 'the page says so to who comes with a bad one, and lets in who comes with a good one',
    async run(world, server) {
      for (const what of ['wrong key', 'expired']) {
        const person = await guest(world, server, BAD[what]())
        await person.see('closed')
        assert.equal(await person.attribute('closed', 'data-reason'), 'unauthorized', what)
        const said = await person.tab.evaluate(() => document.querySelector('[data-testid="closed"]').textContent)
        assert.ok(said.length > 10, `${what}: a sentence: ${said}`)
      }
      const welcome = await guest(world, server, token())
      await welcome.see('callee')
      assert.ok(!(await welcome.tab.evaluate(() => location.href)).includes('token'), 'the token leaves the address bar')
    },
  },
]

// What no honest client sends, at the real binary: each gets a stable code or
// its own socket closed, and a call of others goes on beside it.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { expectTalk } from '../browser/expect.mjs'
import { sleep, until } from '../lab/process.mjs'
import { Socket, makeID } from '../lab/socket.mjs'

export const setUp = (world) => world.server('bad-input')

const KiB = 1024
let people = 0
const name = () => `stranger-${++people}`
const signIn = (server) => Socket.signIn(server.socket, name())

async function refused(socket, type, fields, ...codes) {
  const reply = await socket.request(type, fields)
  assert.equal(reply.type, 'error', JSON.stringify(reply))
  assert.ok(codes.includes(reply.code), `${reply.code} is one of ${codes}: ${reply.message}`)
  assert.ok(reply.message.length > 5, 'a sentence beside the code')
  return reply
}

async function closed(socket, ...codes) {
  const { code } = await socket.close()
  assert.ok(codes.includes(code), `closed with ${code}, not with ${codes}`)
}

/** The socket still works. */
async function alive(socket) {
  assert.equal((await socket.request('ping')).type, 'pong')
}

/** An offer's text: ICE, DTLS and the media sections given. */
function sdp(...sections) {
  const fingerprint = Array.from({ length: 32 }, (_, i) => i.toString(16).padStart(2, '0').toUpperCase()).join(':')
  const mids = sections.map((_, i) => i).join(' ')
  const head = ['v=0', 'o=- 1 2 IN IP4 127.0.0.1', 's=-', 't=0 0', ...(sections.length ? [`a=group:BUNDLE ${mids}`] : [])]
  const body = sections.flatMap((section, i) => [
    section[0], 'c=IN IP4 0.0.0.0', 'a=ice-ufrag:abcd', 'a=ice-pwd:abcdefghijklmnopqrstuvwx', `a=fingerprint:sha-256 ${fingerprint}`,
    'a=setup:actpass', `a=mid:${i}`, ...section.slice(1),
  ])
  return `${[...head, ...body].join('\r\n')}\r\n`
}
const opus = (direction) => ['m=audio 9 UDP/TLS/RTP/SAVPF 111', `a=${direction}`, 'a=rtcp-mux', 'a=rtpmap:111 opus/48000/2']
const data = ['m=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'a=sctp-port:5000']
const unknownAudio = ['m=audio 9 UDP/TLS/RTP/SAVPF 100', 'a=sendonly', 'a=rtcp-mux', 'a=rtpmap:100 nonesuch/8000']
const unknownVideo = ['m=video 9 UDP/TLS/RTP/SAVPF 101', 'a=sendonly', 'a=rtcp-mux', 'a=rtpmap:101 nonesuch/90000']

/** A caller whose call rings, with its seat. */
async function caller(server) {
  const [a, b] = [await signIn(server), await signIn(server)]
  const placed = await a.request('place', { call: makeID(), callee: b.welcome.user, video: true })
  assert.equal(placed.type, 'call', JSON.stringify(placed))
  const rung = await b.message('call')
  b.send('ringing', { call: rung.call.call })
  return { a, b, view: placed.call }
}

async function badOffer(server, text, pattern) {
  const { a, b, view } = await caller(server)
  const sections = [{ mid: '0', source: 'microphone' }]
  const reply = await refused(a, 'offer', { participant: view.participant, generation: 1, sdp: text, sections }, 'bad_sdp')
  assert.match(reply.message, pattern)
  await alive(a)
  a.end()
  b.end()
}

export const ROWS = {
  'a message over 64 KiB closes its socket': async (server) => {
    const s = await signIn(server)
    s.raw(JSON.stringify({ type: 'ping', id: 9, pad: 'x'.repeat(65 * KiB) }))
    await closed(s, 1009)
  },
  'an offer over 256 KiB closes its socket': async (server) => {
    const s = await signIn(server)
    s.raw(JSON.stringify({ type: 'offer', id: 9, participant: makeID(), generation: 1, sdp: 'x'.repeat(257 * KiB), sections: [] }))
    await closed(s, 1009)
  },
  'an offer of 100 KiB is read': async (server) => {
    const s = await signIn(server)
    await refused(s, 'offer', { participant: makeID(), generation: 1, sdp: 'x'.repeat(100 * KiB), sections: [] }, 'not_found', 'bad_sdp')
    await alive(s)
    s.end()
  },
  'an unknown type': async (server) => {
    const s = await signIn(server)
    await refused(s, 'make_coffee', {}, 'unknown_type')
    await alive(s)
    s.end()
  },
  'another first message than hello': async (server) => {
    const s = await Socket.open(server.socket)
    s.send('ping')
    const first = await s.message('error')
    assert.ok(['wrong_state', 'unauthorized'].includes(first.code), first.code)
    s.end()
  },
  'a second hello': async (server) => {
    const s = await signIn(server)
    await refused(s, 'hello', { version: 1, name: 'again' }, 'wrong_state')
    await alive(s)
    s.end()
  },
  'an unknown version': async (server) => {
    const s = await Socket.open(server.socket)
    await refused(s, 'hello', { version: 99, name: name() }, 'unsupported_version')
    await s.close()
  },
  'accept of a call that has ended': async (server) => {
    const { a, b, view } = await caller(server)
    await b.request('decline', { call: view.call })
    await refused(b, 'accept', { call: view.call, video: true }, 'wrong_state', 'not_found')
    a.end()
    b.end()
  },
  'hang-up of a call that still rings': async (server) => {
    const { a, b, view } = await caller(server)
    await refused(b, 'hang_up', { call: view.call }, 'wrong_state')
    await alive(b)
    a.end()
    b.end()
  },
  'not UTF-8': async (server) => {
    const s = await signIn(server)
    s.raw(Buffer.concat([Buffer.from('{"type":"ping","id":9,"x":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]))
    const reply = await Promise.race([s.message('error').catch(() => null), s.close().catch(() => null)])
    assert.ok(reply && (reply.code === 'bad_message' || reply.code === 4400 || reply.code === 1007), JSON.stringify(reply))
    s.end()
  },
  'not JSON, not an object, a binary frame': async (server) => {
    for (const text of ['hello?', '[]', '7', '"x"', '']) {
      const s = await signIn(server)
      s.raw(text)
      assert.equal((await s.message('error')).code, 'bad_message', text)
      s.end()
    }
    const s = await signIn(server)
    s.ws.send(Buffer.from('{"type":"ping"}'), { binary: true })
    const reply = await Promise.race([s.message('error').catch(() => null), s.close().catch(() => null)])
    assert.ok(reply?.code === 'bad_message' || reply?.code === 4400, JSON.stringify(reply))
    s.end()
  },
  'too deep': async (server) => {
    const s = await signIn(server)
    s.raw(`{"type":"ping","id":9,"x":${'['.repeat(2000)}${']'.repeat(2000)}}`)
    assert.equal((await s.message('error')).code, 'bad_message')
    await alive(s)
    s.end()
  },
  'a field of the wrong kind, a value out of range': async (server) => {
    const s = await signIn(server)
    await refused(s, 'place', { call: 7, callee: {}, video: 'yes' }, 'bad_message')
    await refused(s, 'place', { call: 'short', callee: 'x', video: true }, 'invalid')
    await refused(s, 'join_room', { name: 'No Such Name!' }, 'invalid')
    await alive(s)
    s.end()
  },
  'more than 20 messages a second': async (server) => {
    const s = await signIn(server)
    for (let i = 0; i < 120; i++) s.send('ping')
    // A refusal is not queued behind others, so one of a flood may miss its turn.
    const limited = await until('rate_limited', async () => {
      for (let i = 0; i < 10; i++) s.send('ping')
      return s.messages.find((m) => m.code === 'rate_limited')
    })
    assert.ok(limited.retry_after_ms > 0)
    await sleep(1500)
    await alive(s)
    s.end()
  },
  'far more than that closes the socket': async (server) => {
    const s = await signIn(server)
    // In portions, so that the replies can be read: this is no slow reader.
    for (let i = 0; i < 40 && !s.closed; i++) {
      for (let n = 0; n < 60; n++) s.send('ping')
      await sleep(15)
    }
    await closed(s, 4429)
  },
  'a call to an unknown user ends as unreachable': async (server) => {
    const s = await signIn(server)
    const call = makeID()
    const reply = await s.request('place', { call, callee: 'nobody at all', video: true })
    assert.equal(reply.type, 'call')
    if (reply.call.state !== 'ended') await s.message('call', (m) => m.call.call === call && m.call.state === 'ended')
    const ended = s.messages.findLast((m) => m.type === 'call').call
    assert.equal(ended.reason, 'unreachable')
    s.end()
  },
  "with another's ids": async (server) => {
    const { a, b, view } = await caller(server)
    const thief = await signIn(server)
    const call = { call: view.call }
    const participant = view.participant
    for (const type of ['accept', 'decline', 'cancel', 'hang_up', 'ringing']) {
      await refused(thief, type, { ...call, video: true }, 'not_found')
    }
    await refused(thief, 'offer', { participant, generation: 1, sdp: sdp(opus('sendonly')), sections: [{ mid: '0', source: 'microphone' }] }, 'forbidden')
    await refused(thief, 'candidate', { participant, generation: 1, candidate: 'candidate:1 1 udp 1 203.0.113.99 9 typ host' }, 'forbidden')
    await refused(thief, 'publish', { participant, source: 'camera', muted: false }, 'forbidden')
    await refused(thief, 'prefer', { participant, videos: [] }, 'forbidden')
    await refused(thief, 'leave_room', { room: view.room }, 'not_found')
    assert.ok(!b.messages.some((m) => m.type === 'call' && m.call.state === 'ended'), 'the call still rings')
    assert.ok(!a.messages.some((m) => m.type === 'call' && m.call.state === 'ended'), 'the call still rings')
    for (const s of [a, b, thief]) s.end()
  },
  "another's session secret does not exist": async (server) => {
    const s = await signIn(server)
    const forged = s.welcome.session.slice(0, -4) + (s.welcome.session.endsWith('aaaa') ? 'bbbb' : 'aaaa')
    const t = await Socket.open(server.socket)
    await refused(t, 'hello', { version: 1, session: forged }, 'unauthorized')
    await closed(t, 4401)
    await alive(s)
    s.end()
  },
  'no hello within 5 s': async (server) => {
    const s = await Socket.open(server.socket)
    const from = Date.now()
    const { code } = await s.close(8000)
    assert.equal(code, 4408)
    assert.ok(Date.now() - from > 4000)
  },
  'a page of a foreign origin': async (server) => {
    await assert.rejects(Socket.open(server.socket, { origin: 'https://evil.example' }), (e) => e.status === 403)
    const own = await Socket.open(server.socket, { origin: server.url })
    own.end()
  },
  'a slow reader is closed and can resume': async (server, world) => {
    // Small socket buffers, so that the queue is the server's own.
    for (const host of ['srv', 'ctl']) {
      for (const memory of ['tcp_rmem', 'tcp_wmem']) {
        execFileSync('ip', ['netns', 'exec', world.network.namespace(host), 'sysctl', '-qw', `net.ipv4.${memory}=4096 8192 8192`])
      }
    }
    const slow = await signIn(server)
    slow.stall()
    const crowd = await Promise.all(Array.from({ length: 30 }, () => signIn(server)))
    // One of them rings, the others are told busy, and each is one more change of the missed calls.
    const callee = slow.welcome.user
    for (let i = 0; i < 20; i++) for (const one of crowd) one.send('place', { call: makeID(), callee, video: false })
    await sleep(1500)
    slow.ws._socket.resume()
    const { code } = await slow.close(5000)
    assert.ok(code === 4410 || code === 1006, `closed with ${code}`)
    const again = await Socket.open(server.socket)
    const welcome = await again.request('hello', { version: 1, session: slow.welcome.session, cursor: slow.welcome.cursor })
    assert.equal(welcome.type, 'welcome', JSON.stringify(welcome))
    assert.ok(['resumed', 'snapshot'].includes(welcome.outcome))
    for (const one of [...crowd, again]) one.end()
  },
  'SDP without audio and video': (server) => badOffer(server, sdp(data), /audio|video|media/i),
  'SDP with 65 sections': (server) => badOffer(server, sdp(...Array.from({ length: 65 }, () => opus('recvonly'))), /65|64/),
  'SDP with unknown codecs only': (server) => badOffer(server, sdp(unknownAudio, unknownVideo), /codec/i),
  'text that is no SDP': (server) => badOffer(server, 'v=0 or so', /./),
}

export const cases = [
  {
    name: 'every row, and the call of two others goes on',
    limit: 90_000,
    async run(world, server) {
      const [a, b] = [await world.person('alice', server), await world.person('bob', server)]
      await a.talk(b)
      const wrong = []
      for (const [row, run] of Object.entries(ROWS)) {
        try {
          await run(server, world)
        } catch (error) {
          wrong.push(`${row}: ${error.message}`)
        }
      }
      assert.deepEqual(wrong, [])
      await expectTalk(a, 'alice', b, 'bob')
      assert.equal(await a.attribute('ended', 'data-reason'), undefined)
      await a.click('hangup')
      assert.equal(await b.ended(), 'hangup')
      assert.ok(server.process.running(), 'the server runs')
    },
  },
]

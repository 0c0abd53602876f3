// The stock socket.io-client against the real server, without a browser: each
// way of transport, reconnecting, and a crowd that joins and leaves.
// Usage: node crowd.mjs SERVER_PROGRAM CLIENTS SECONDS
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { io } from 'socket.io-client'
import { PORTS, startServer } from './stage.mjs'

const [program, clients, seconds] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])]
const address = `http://127.0.0.1:${PORTS.dialect}`
const LIMIT = 30_000 // ms; not a figure: only a lost event takes so long

/** Resolves with the event's arguments; fails when it does not come. */
function hear(socket, name) {
  return new Promise((done, fail) => {
    const heard = (...args) => {
      clearTimeout(timer)
      done(args)
    }
    const timer = setTimeout(() => {
      socket.off(name, heard)
      fail(new Error(`no ${name} in ${LIMIT} ms`))
    }, LIMIT)
    socket.once(name, heard)
  })
}

async function open(room, options = {}) {
  const socket = io(address, { forceNew: true, ...options })
  await hear(socket, 'connectionSuccess')
  socket.emit('joinRoom', room)
  return socket
}

/** One rings the other and hangs up; every event that must come has come. */
async function ring(from, to, room) {
  const rung = hear(to, 'receiveCall')
  from.emit('callRemote', room)
  await rung
  const both = Promise.all([hear(from, 'hangUp'), hear(to, 'hangUp')])
  from.emit('hangUp', room)
  await both
}

/** Joins are not answered: a hang-up of one's own tells that one is in. */
async function settled(socket, room) {
  const told = hear(socket, 'hangUp')
  socket.emit('hangUp', room)
  await told
}

async function transports() {
  for (const [name, options, want] of [
    ['upgrade', {}, 'websocket'],
    ['polling', { transports: ['polling'] }, 'polling'],
    ['websocket', { transports: ['websocket'] }, 'websocket'],
  ]) {
    const [a, b] = [await open(name, options), await open(name, options)]
    await Promise.all([settled(a, name), settled(b, name)])
    await ring(a, b, name)
    for (let tries = 0; tries < 50 && a.io.engine.transport.name !== want; tries++) await sleep(100)
    assert.equal(a.io.engine.transport.name, want)
    await ring(b, a, name)
    const old = a.id
    const again = hear(a, 'connectionSuccess')
    a.io.engine.close() // as a lost network
    await again
    assert.notEqual(a.id, old)
    a.emit('joinRoom', name)
    await settled(a, name)
    await ring(b, a, name)
    a.close()
    b.close()
    console.log(`ok    stock client by ${name}, and again after a lost connection`)
  }
}

async function metric(path) {
  return (await fetch(`http://127.0.0.1:${PORTS.admin}${path}`)).text()
}
const goroutines = async () => Number(/total (\d+)/.exec(await metric('/debug/pprof/goroutine?debug=1'))[1])

async function crowd() {
  const before = await goroutines()
  const until = Date.now() + seconds * 1000
  const done = { rings: 0, joins: 0, upgraded: 0 }
  async function pair(n) {
    const room = `crowd ${n}`
    await sleep((n * 1000) / clients)
    while (Date.now() < until) {
      const [a, b] = await Promise.all([open(room), open(room)])
      await Promise.all([settled(a, room), settled(b, room)])
      done.joins += 2
      for (let i = 0; i < 3; i++) {
        await (i % 2 ? ring(b, a, room) : ring(a, b, room))
        done.rings++
        await sleep(500)
      }
      done.upgraded += [a, b].filter((s) => s.io.engine.transport.name === 'websocket').length
      a.close()
      b.close()
    }
  }
  await Promise.all(Array.from({ length: clients / 2 }, (_, n) => pair(n)))
  let left = 0
  for (let tries = 0; tries < 300 && (left = (await goroutines()) - before) > 10; tries++) await sleep(100)
  console.log(`figure ${clients} clients for ${seconds} s: ${done.joins} joined, ${done.upgraded} of them upgraded, ${done.rings} rings, 0 events lost, ${left} goroutines more than before`)
  assert.ok(left <= 10, `${left} goroutines are left`)
  assert.ok(done.upgraded > done.joins / 2, 'most clients upgrade')
}

const stop = await startServer(program)
try {
  await transports()
  await crowd()
} finally {
  await stop()
}
process.exit(0)

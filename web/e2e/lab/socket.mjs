// The wire protocol by hand, for what no page would ever send.
import { randomBytes } from 'node:crypto'
import WebSocket from 'ws'
import { until } from './process.mjs'

/** Milliseconds to wait for what must come. */
const PATIENCE = 8000

export const SUBPROTOCOL = 'callrelay.v1'
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
export const makeID = () => [...randomBytes(26)].map((b) => ALPHABET[b & 31]).join('')

export class Socket {
  /** Opens a socket; throws with `status` when the server refuses the upgrade. */
  static open(url, { origin } = {}) {
    const socket = new Socket()
    socket.messages = []
    socket.closed = null
    socket.nextID = 1
    socket.ws = new WebSocket(url, SUBPROTOCOL, { rejectUnauthorized: false, origin, perMessageDeflate: false })
    socket.ws.on('message', (data) => socket.messages.push(JSON.parse(data.toString())))
    socket.ws.on('close', (code, reason) => (socket.closed = { code, reason: reason.toString() }))
    return new Promise((done, fail) => {
      socket.ws.once('open', () => done(socket))
      socket.ws.once('unexpected-response', (_, answer) => {
        fail(Object.assign(new Error(`refused with ${answer.statusCode}`), { status: answer.statusCode }))
        socket.ws.terminate()
      })
      socket.ws.on('error', (error) => fail(error))
    })
  }

  /** Opens and says hello with a name (open mode); gives the welcome as `welcome`. */
  static async signIn(url, name) {
    const socket = await Socket.open(url)
    socket.welcome = await socket.request('hello', { version: 1, name })
    if (socket.welcome.type !== 'welcome') throw new Error(`no welcome: ${JSON.stringify(socket.welcome)}`)
    return socket
  }

  /** Sends a message with an id and gives its reply, whatever it is. */
  async request(type, fields = {}, ms = PATIENCE) {
    const id = this.send(type, fields)
    return until(`a reply to ${type}`, () => {
      const reply = this.messages.find((m) => m.re === id)
      if (!reply && this.closed) throw new Error(`closed with ${this.closed.code} before a reply to ${type}`)
      return reply
    }, ms, 5)
  }

  send(type, fields = {}) {
    const id = this.nextID++
    this.raw(JSON.stringify({ type, id, ...fields }))
    return id
  }

  /** One text frame, whatever its bytes. */
  raw(data) {
    this.ws.send(data, { binary: false })
  }

  /** The first message of a type, now or soon. */
  message(type, fits = () => true, ms = PATIENCE) {
    return until(`a message ${type}`, () => this.messages.find((m) => m.type === type && fits(m)), ms, 5)
  }

  /** Waits for the close and gives { code, reason }. */
  close(ms = PATIENCE) {
    return until('the socket to be closed', () => this.closed, ms, 5)
  }

  /** Stops reading from the network: a slow reader. */
  stall() {
    this.ws._socket.pause()
  }

  end() {
    this.ws.terminate()
  }
}

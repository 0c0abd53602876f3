// The real binary in the server's namespace.
import https from 'node:https'
import http from 'node:http'
import path from 'node:path'
import { start, stop, tail, until } from './process.mjs'

const PORT = 8443
const ADMIN = 9090

/** GET that trusts the server's own certificate; resolves to status and text. */
export function get(url, headers = {}) {
  return new Promise((done, fail) => {
    const client = url.startsWith('https') ? https : http
    const request = client.get(url, { rejectUnauthorized: false, headers, timeout: 2000 }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk) => (text += chunk)).on('end', () => done({ status: answer.statusCode, text }))
    })
    request.on('error', fail).on('timeout', () => request.destroy(new Error(`no answer from ${url}`)))
  })
}

export class Server {
  /** `index` is which of the server's addresses it has; flags come after the usual ones. */
  constructor(network, { binary, dir, name = 'server', index = 0, port = PORT, flags = [], open = true }) {
    this.network = network
    this.binary = binary
    this.address = network.address('srv', index)
    this.port = port
    this.media = `${this.address}:${port}`
    this.url = `https://${this.media}`
    this.socket = `wss://${this.media}/ws`
    this.admin = `http://${this.address}:${ADMIN}`
    this.log = path.join(dir, `${name}.log`)
    this.args = [
      'serve', '--listen', this.media, '--http', '', '--admin', `${this.address}:${ADMIN}`,
      '--advertise', this.address, '--state', path.join(dir, `${name}-state`),
      ...(open ? ['--open'] : []), ...flags,
    ]
  }

  async start() {
    this.process = start(this.network.namespace('srv'), this.binary, this.args, { log: this.log })
    await until('the server to be healthy', async () => {
      if (!this.process.running()) throw new Error(`the server ended:\n${tail(this.log)}`)
      return get(`${this.admin}/healthz`).then((answer) => answer.status === 200, () => false)
    }, 15_000)
    return this
  }

  stop() {
    return stop(this.process)
  }

  kill() {
    return stop(this.process, 'SIGKILL')
  }

  async metrics() {
    return (await get(`${this.admin}/metrics`)).text
  }
}

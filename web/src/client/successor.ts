import { Subprotocol, type WelcomeMessage } from '../protocol/messages'
import type { Environment } from './environment'
import { HELLO_ID } from './requests'
import { parseServerMessage } from './wire'

/** A try that was not welcomed by then is given up. */
const WELCOME_MS = 4_000
const RETRY_MS = 500

export interface SuccessorOptions {
  url: string
  /** For so long it tries. */
  deadlineMs: number
  /** The hello to send, made anew for each try. */
  hello: () => Promise<string>
  welcomed: (socket: WebSocket, welcome: WelcomeMessage) => void
}

/**
 * The socket to another server, opened while the present one is still good:
 * tried until it is welcomed, it is told to stop, or the deadline is over. A server that
 * refuses is tried again, as it may not be ready for the session yet.
 */
export class Successor {
  private readonly env: Environment
  private readonly options: SuccessorOptions
  private readonly until: number
  private socket: WebSocket | undefined
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(env: Environment, options: SuccessorOptions) {
    this.env = env
    this.options = options
    this.until = performance.now() + options.deadlineMs
    this.open()
  }

  stop(): void {
    clearTimeout(this.timer)
    const { socket } = this
    this.socket = undefined
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close()
  }

  private open(): void {
    const socket = new this.env.WebSocket(this.options.url, Subprotocol)
    this.socket = socket
    this.timer = setTimeout(() => this.failed(), WELCOME_MS)
    socket.onopen = () => void this.greet(socket)
    socket.onclose = () => this.failed()
    socket.onmessage = (e) => this.received(socket, e.data)
  }

  private async greet(socket: WebSocket): Promise<void> {
    const hello = await this.options.hello().catch(() => undefined)
    if (socket !== this.socket) return
    if (hello === undefined) this.failed()
    else socket.send(hello)
  }

  private received(socket: WebSocket, data: unknown): void {
    const message = parseServerMessage(data)
    if (socket !== this.socket || !message) return
    if (message.type === 'welcome') {
      this.socket = undefined
      clearTimeout(this.timer)
      this.options.welcomed(socket, message)
    } else if (message.type === 'error' && message.re === HELLO_ID) {
      this.failed()
    }
  }

  private failed(): void {
    this.stop()
    if (this.until - performance.now() > RETRY_MS) this.timer = setTimeout(() => this.open(), RETRY_MS)
  }
}

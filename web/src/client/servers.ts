/** So often in a row a server that refuses to answer is tried before another one is. */
const TRIES = 3
/** More alternates than this are not kept. */
const MOST = 8

/**
 * Which server to open the socket to: the one that has the session, and the
 * others that would take it when that one does not answer.
 */
export class Servers {
  private urls: readonly string[]
  private at = 0
  private failures = 0

  /** `home` is where the page came from; it is never forgotten. */
  constructor(
    private readonly home: string,
    kept: readonly string[] = [],
  ) {
    this.urls = this.list(kept.length > 0 ? kept : [home])
  }

  get current(): string {
    return this.urls[this.at] ?? this.home
  }

  /** The order in which they are tried, to be kept with the session. */
  get kept(): readonly string[] {
    return this.urls
  }

  /** The current one welcomed the session and named those that would take it, best first. */
  learn(alternates: readonly string[] = []): void {
    this.urls = this.list([this.current, ...alternates])
    this.at = this.failures = 0
  }

  /** The session is to be at this one; false when it is no address to go to. */
  prefer(url: string): boolean {
    if (!this.usable(url)) return false
    this.urls = this.list([url, this.current, ...this.urls])
    this.at = this.failures = 0
    return true
  }

  /** It did not answer: `silent` when it took the time of a try to say nothing, which is not repeated before the others were asked. */
  failed(silent: boolean): void {
    this.failures++
    if (this.urls.length < 2 || (!silent && this.failures < TRIES)) return
    this.at = (this.at + 1) % this.urls.length
    // After the first change each is tried once a round.
    this.failures = TRIES - 1
  }

  private list(urls: readonly string[]): readonly string[] {
    const usable = [...urls.filter((url) => this.usable(url)), this.home]
    return [...new Set(usable)].slice(0, MOST)
  }

  /** A session's secret never leaves an encrypted link for a bare one. */
  private usable(url: unknown): url is string {
    if (url === this.home) return true
    if (typeof url !== 'string' || !URL.canParse(url)) return false
    const { protocol } = new URL(url)
    return protocol === 'wss:' || (protocol === 'ws:' && this.home.startsWith('ws:'))
  }
}

import type { ParticipantID, Preference } from '../protocol/messages'
import type { Link } from './link'
import type { VideoWish } from './types'

/** Changes of a layout come in bursts: only the last of one is told. */
const SETTLE_MS = 150

/** What the page shows where and how large, as the server was last told it. */
export class Wishes {
  private readonly link: Link
  private readonly seat: () => ParticipantID
  private wishes: readonly VideoWish[] | 'auto' | undefined
  private told = ''
  private timer: ReturnType<typeof setTimeout> | undefined
  private closed = false

  constructor(link: Link, seat: () => ParticipantID) {
    this.link = link
    this.seat = seat
  }

  set(wishes: readonly VideoWish[] | 'auto'): void {
    this.wishes = wishes
    this.timer ??= setTimeout(() => this.tell(), SETTLE_MS)
  }

  /** The server may have forgotten. */
  tellAgain(): void {
    this.told = ''
    this.tell()
  }

  close(): void {
    this.closed = true
    clearTimeout(this.timer)
  }

  private tell(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    const participant = this.seat()
    if (!participant || !this.wishes || this.closed) return
    const auto = this.wishes === 'auto'
    const videos = this.wishes === 'auto' ? [] : this.wishes.map(preference)
    const text = JSON.stringify([auto, videos])
    if (text === this.told) return
    this.told = text
    this.link.tell('prefer', { participant, videos, ...(auto ? { auto } : {}) })
  }
}

function preference({ publication, width, height, priority }: VideoWish): Preference {
  return { publication, width: Math.round(width), height: Math.round(height), priority: priority ?? 0 }
}

import type { DeviceKind } from '../client/types'

const KEY = 'callrelay.devices'

type Remembered = Partial<Record<DeviceKind | 'speaker', string>>

/** Which devices the person chose, kept between visits. */
export class DeviceChoice {
  private readonly storage: Storage | undefined
  private ids: Remembered

  constructor(storage: Storage | undefined) {
    this.storage = storage
    this.ids = parse(storage?.getItem(KEY))
  }

  get(which: DeviceKind | 'speaker'): string | undefined {
    return this.ids[which]
  }

  set(which: DeviceKind | 'speaker', deviceId: string): void {
    this.ids = { ...this.ids, [which]: deviceId }
    try {
      this.storage?.setItem(KEY, JSON.stringify(this.ids))
    } catch {
      // Full or blocked: the choice holds until the page goes.
    }
  }
}

function parse(text: string | null | undefined): Remembered {
  if (!text) return {}
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return {}
    const ids: Remembered = {}
    for (const which of ['microphone', 'camera', 'speaker'] as const) {
      const id = (value as Record<string, unknown>)[which]
      if (typeof id === 'string' && id !== '') ids[which] = id
    }
    return ids
  } catch {
    return {}
  }
}

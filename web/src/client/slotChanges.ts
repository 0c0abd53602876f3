import type { SlotView } from '../protocol/messages'

/** Whether the picture that begins at an RTP timestamp has been shown in the section of that mid. */
export type Begun = (mid: string, since: number) => boolean

/**
 * What slots carry as it is seen: the message comes by another way than the
 * picture, and a slot that has changed hands is still its former owner's until
 * the first frame of the new one is there. Nobody is shown under another's name.
 */
export function seenSlots(
  before: readonly SlotView[],
  told: readonly SlotView[],
  begun: Begun,
): { slots: readonly SlotView[]; complete: boolean } {
  let complete = true
  const slots = told.map((slot) => {
    const old = before.find((s) => s.mid === slot.mid)
    const changed = old?.publication && slot.publication && old.publication !== slot.publication
    if (!changed || slot.since === undefined || begun(slot.mid, slot.since)) return slot
    // Who is shown in another slot by now is not shown twice.
    if (told.some((s) => s.publication === old.publication)) return slot
    complete = false
    return old
  })
  return { slots, complete }
}

/** Whether RTP timestamp `a` is `b` or comes after it. */
export const notBefore = (a: number, b: number): boolean => ((a - b) | 0) >= 0

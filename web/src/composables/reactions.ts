/** What one can show with a tap; anything else that others send is shown as it comes. */
export const REACTIONS = [
  { emoji: '👍', name: 'yes' },
  { emoji: '❤️', name: 'love' },
  { emoji: '👏', name: 'applause' },
  { emoji: '😂', name: 'laugh' },
  { emoji: '🎉', name: 'celebrate' },
  { emoji: '😮', name: 'surprise' },
] as const

/** A reaction that is on screen. */
export interface ShownReaction {
  id: number
  from: string
  text: string
  /** How often the same was shown meanwhile. */
  count: number
}

const MOST = 5
/** More letters than this are no reaction. */
const LONGEST = 12

/** Adds one to those that are on screen; the same of the same person only counts up. */
export function addReaction(shown: readonly ShownReaction[], id: number, from: string, text: string): readonly ShownReaction[] {
  const cut = [...text].slice(0, LONGEST).join('')
  const same = shown.find((r) => r.from === from && r.text === cut)
  const others = shown.filter((r) => r !== same)
  return [...others, { id, from, text: cut, count: (same?.count ?? 0) + 1 }].slice(-MOST)
}

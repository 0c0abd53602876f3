import { describe, expect, it } from 'vitest'
import type { InvitationView } from '../../client/types'
import { noteUnanswered } from './unanswered'

const invitation = (over: Partial<InvitationView> = {}): InvitationView => ({
  invitation: 'i1', user: 'cat', name: 'Cat', from: 'me', state: 'ended', reason: 'declined', ...over,
})

describe('noteUnanswered', () => {
  it('keeps what became of an invitation that nobody took', () => {
    expect(noteUnanswered([], invitation())).toEqual([invitation()])
  })

  it('forgets it when the person is rung again or comes', () => {
    for (const state of ['calling', 'ringing', 'active'] as const) {
      expect(noteUnanswered([invitation()], invitation({ invitation: 'i2', state }))).toEqual([])
    }
  })

  it('keeps the newest for each person', () => {
    const again = invitation({ invitation: 'i2', reason: 'no_answer' })
    expect(noteUnanswered([invitation()], again)).toEqual([again])
  })

  it('is silent about one that was taken back', () => {
    expect(noteUnanswered([], invitation({ reason: 'cancelled' }))).toEqual([])
  })

  it('keeps the same list where nothing changes, and at most twenty', () => {
    const list = [invitation()]
    expect(noteUnanswered(list, invitation({ user: 'dan', state: 'ringing' }))).toBe(list)
    let many: readonly InvitationView[] = []
    for (let i = 0; i < 30; i++) many = noteUnanswered(many, invitation({ user: `u${i}` }))
    expect(many.map((i) => i.user)).toEqual(Array.from({ length: 20 }, (_, i) => `u${i + 10}`))
  })
})

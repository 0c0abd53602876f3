import { describe, expect, it } from 'vitest'
import { clockDuration, spokenDuration } from './duration'
import { chooseLanguage } from './index'
import { whenText } from './when'

describe('chooseLanguage', () => {
  it.each([
    [undefined, ['zh-TW', 'en'], 'zh-Hans'], [undefined, ['de', 'en-GB', 'zh'], 'en'], [undefined, ['fr'], 'en'],
    ['en', ['zh-CN'], 'en'], ['zh-Hans', ['en'], 'zh-Hans'], [undefined, [], 'en'],
  ])('of choice %s and browser %j is %s', (kept, browser, wanted) => {
    expect(chooseLanguage(kept, browser)).toBe(wanted)
  })
})

describe('durations', () => {
  it.each([[0, '00:00'], [42_900, '00:42'], [768_000, '12:48'], [3_723_000, '1:02:03'], [-5, '00:00']])('%i ms is shown as %s', (ms, text) => {
    expect(clockDuration(ms)).toBe(text)
  })

  it('are spoken in words', () => {
    expect(spokenDuration(768_000, 'en')).toBe('12 minutes 48 seconds')
    expect(spokenDuration(61_000, 'en')).toBe('1 minute 1 second')
    expect(spokenDuration(0, 'en')).toBe('0 seconds')
    expect(spokenDuration(768_000, 'zh-Hans')).toMatch(/^12\s?分钟48\s?秒钟?$/)
  })
})

describe('whenText', () => {
  const now = new Date(2026, 4, 20, 15, 0)
  it('says today, yesterday, or the date', () => {
    expect(whenText(new Date(2026, 4, 20, 14, 2), now, 'en')).toMatch(/^Today 2:02/)
    expect(whenText(new Date(2026, 4, 19, 23, 59), now, 'en')).toMatch(/^Yesterday/)
    expect(whenText(new Date(2026, 4, 3), now, 'en')).toBe('May 3')
    expect(whenText(new Date(2026, 4, 20, 14, 2), now, 'zh-Hans')).toMatch(/^今天/)
  })
})

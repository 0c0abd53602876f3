import { describe, expect, it } from 'vitest'
import { obstacleOf, platformOf } from './platform'

describe('platformOf', () => {
  it.each([
    ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140', 0, 'Windows', 'chromium', false],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15', 0, 'macOS', 'safari', false],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15', 5, 'iOS', 'ios', false],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605.1.15 Mobile MicroMessenger/8.0', 5, 'iOS', 'ios', true],
    ['Mozilla/5.0 (Linux; Android 14; Pixel; wv) AppleWebKit/537.36 Chrome/140 Mobile', 5, 'Android', 'android', false],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 0, 'Linux', 'firefox', false],
  ])('%s', (ua, touch, os, help, inApp) => {
    expect(platformOf(ua, touch)).toMatchObject({ os, help, ...(ua.includes('wv)') ? {} : { inApp }) })
  })
})

describe('obstacleOf', () => {
  const fine = { secure: true, inApp: false, capture: true, webrtc: true }
  it.each([
    [fine, undefined], [{ ...fine, secure: false }, 'insecure'], [{ ...fine, webrtc: false }, 'unsupported'],
    [{ ...fine, capture: false, inApp: true }, 'inApp'], [{ ...fine, inApp: true }, undefined],
  ] as const)('%j is %s', (page, obstacle) => {
    expect(obstacleOf(page)).toBe(obstacle)
  })
})

import { describe, expect, it } from 'vitest'
import { cornerByKey, nearestCorner, selfSize } from './corner'

describe('the small picture', () => {
  it.each([
    [10, 10, false, 'top-start'], [90, 10, false, 'top-end'], [10, 90, false, 'bottom-start'], [90, 90, true, 'bottom-start'], [10, 10, true, 'top-end'],
  ] as const)('let go at %i,%i (right to left: %s) goes to %s', (x, y, rtl, corner) => {
    expect(nearestCorner(x, y, 100, 100, rtl)).toBe(corner)
  })

  it('follows the arrow keys, on the screen rather than in the text', () => {
    expect(cornerByKey('bottom-end', 'ArrowLeft', false)).toBe('bottom-start')
    expect(cornerByKey('bottom-end', 'ArrowLeft', true)).toBe('bottom-end')
    expect(cornerByKey('bottom-end', 'ArrowUp', false)).toBe('top-end')
    expect(cornerByKey('bottom-end', 'a', false)).toBe('bottom-end')
  })

  it.each([[360, 640, 9 / 16, 61, 108], [1280, 720, 16 / 9, 216, 122], [4000, 4000, 1, 240, 240], [200, 200, 1, 96, 96]])(
    'on %i x %i with aspect %f is %i x %i', (W, H, aspect, w, h) => {
      expect(selfSize(W, H, aspect)).toEqual({ w, h })
    },
  )
})

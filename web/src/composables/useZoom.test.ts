// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it } from 'vitest'
import { effectScope, nextTick, shallowRef, type EffectScope } from 'vue'
import { useZoom, type Zooming } from './useZoom'

let scope: EffectScope
let el: HTMLElement
let zoom: Zooming
const element = shallowRef<HTMLElement | null>(null)

const fire = (type: string, more: object) => {
  const event = Object.assign(new Event(type, { cancelable: true, bubbles: true }), { clientX: 0, clientY: 0, deltaX: 0, deltaY: 0, button: 0, ...more })
  el.dispatchEvent(event)
  return event
}
const finger = (type: string, pointerId: number, clientX: number) => fire(type, { pointerId, clientX })

beforeEach(async () => {
  el = Object.assign(document.createElement('div'), { setPointerCapture: () => undefined })
  Object.defineProperties(el, { clientWidth: { value: 800 }, clientHeight: { value: 450 } })
  document.body.append(el)
  element.value = el
  scope = effectScope()
  zoom = scope.run(() => useZoom(element)) as Zooming
  await nextTick()
})
afterEach(() => {
  scope.stop()
  el.remove()
})

it('zooms by Ctrl and the wheel, and leaves the plain wheel to the page until then', () => {
  expect(fire('wheel', { deltaY: -300 }).defaultPrevented).toBe(false)
  expect(zoom.percent.value).toBe(100)
  expect(fire('wheel', { deltaY: -300, ctrlKey: true }).defaultPrevented).toBe(true)
  expect(zoom.percent.value).toBeGreaterThan(150)
  expect(fire('wheel', { deltaY: -30 }).defaultPrevented).toBe(true)
  for (let i = 0; i < 9; i++) fire('wheel', { deltaY: -300, ctrlKey: true })
  expect(zoom.percent.value).toBe(400)
})

it('zooms by two fingers, which turn no page', () => {
  const seen: string[] = []
  const note = (e: Event) => seen.push(e.type)
  for (const type of ['pointerdown', 'pointerup']) document.body.addEventListener(type, note)
  finger('pointerdown', 1, -50)
  finger('pointerdown', 2, 50)
  finger('pointermove', 2, 150)
  expect(zoom.percent.value).toBe(200)
  finger('pointerup', 2, 150)
  finger('pointerup', 1, -50)
  expect(seen).toEqual(['pointerdown'])
  // Close, one finger moves the picture and turns no page either.
  finger('pointerdown', 1, 0)
  finger('pointermove', 1, 40)
  finger('pointerup', 1, 40)
  expect(seen).toEqual(['pointerdown'])
  expect(zoom.style.value?.transform).toContain('scale(2)')
  for (const type of ['pointerdown', 'pointerup']) document.body.removeEventListener(type, note)
})

it('zooms by steps, and shows all again when it is small', async () => {
  zoom.step(1)
  expect(zoom.percent.value).toBe(150)
  zoom.step(-1)
  expect(zoom.style.value).toBeUndefined()
  zoom.step(1)
  element.value = null
  await nextTick()
  expect(zoom.percent.value).toBe(100)
})

it('follows keys: plus and minus step, arrows move what is close, and zero shows all again', () => {
  const strike = (key: string, more: KeyboardEventInit = {}) => {
    const event = new KeyboardEvent('keydown', { key, cancelable: true, ...more })
    zoom.onKey(event)
    return event.defaultPrevented
  }
  expect(strike('ArrowLeft')).toBe(false)
  expect(strike('+', { ctrlKey: true })).toBe(false)
  expect(strike('+')).toBe(true)
  expect(zoom.percent.value).toBe(150)
  expect(strike('ArrowRight')).toBe(true)
  expect(zoom.style.value?.transform).toContain('translate(-120px, 0px)')
  expect(strike('m')).toBe(false)
  expect(strike('0')).toBe(true)
  expect(zoom.style.value).toBeUndefined()
})

// @vitest-environment happy-dom
import { afterEach, expect, it } from 'vitest'
import type { VueWrapper } from '@vue/test-utils'
import { createRig } from '../dev/rig'
import CallHeader from './CallHeader.vue'

let header: VueWrapper | undefined
const show = (props: Record<string, unknown> = {}) => (header = createRig().mount(CallHeader, { name: 'tea', since: 0, ...props }))
afterEach(() => header?.unmount())

it('says who shares a screen', () => {
  expect(show({ sharer: 'Ali' }).find('[data-testid=sharer]').text()).toBe('Ali is sharing a screen')
})

it('says how many are there, in words too', () => {
  const count = show({ count: 7 }).find('[data-testid=count]')
  expect(count.find('[aria-hidden] + [aria-hidden]').text()).toBe('7')
  expect(count.find('.sr-only').text()).toBe('7 people')
})

it('has nothing beside the name and the time of an ordinary call', () => {
  expect(show({ since: undefined }).find('[data-testid]').exists()).toBe(false)
  expect(header?.text()).toMatch(/^tea\s*00:00$/)
})

// @vitest-environment happy-dom
import type { VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import { byId, createRig, settle } from '../dev/rig'
import QualitySentence from './QualitySentence.vue'

let shown: VueWrapper
afterEach(() => {
  shown.unmount()
  document.body.innerHTML = ''
})
const causes = ['uplink_loss', 'uplink_rate', 'downlink_loss', 'downlink_rate', 'delay', 'tcp', 'cpu', 'peer'] as const
const help = () => document.querySelector<HTMLElement>('[data-testid=quality-help]')

describe('the sentence about the network', () => {
  it.each(causes)('opens what %s means and what helps, and closes again', async (cause) => {
    const rig = createRig()
    rig.fake.state.quality.value = { cause }
    shown = rig.mount(QualitySentence, {})
    await settle()
    expect(help()).toBeNull()
    byId('quality').click()
    await settle()
    expect(help()?.querySelector('p')?.textContent?.length).toBeGreaterThan(20)
    // The test looks at this side's network, which tells nothing of the other's.
    expect(help()?.querySelector('a')?.getAttribute('href')).toBe(cause === 'peer' ? undefined : '/diag')
    byId('quality').click()
    await settle()
    expect(help()).toBeNull()
  })

  it('is not there while all is well, and closes when the cause is another', async () => {
    const rig = createRig()
    shown = rig.mount(QualitySentence, {})
    await settle()
    expect(document.querySelector('[data-testid=quality]')).toBeNull()
    rig.fake.state.quality.value = { cause: 'tcp' }
    await settle()
    byId('quality').click()
    await settle()
    rig.fake.state.quality.value = { cause: 'cpu' }
    await settle()
    expect(help()).toBeNull()
    expect(byId('quality').dataset.cause).toBe('cpu')
  })
})

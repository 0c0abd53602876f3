// The server's proof of itself, and the network test of a visitor.
import assert from 'node:assert/strict'
import { until } from '../lab/process.mjs'
import { get } from '../lab/server.mjs'

export const setUp = (world) => world.server('diag')

const at = (id) => `[data-testid="${id}"]`

/** Runs the test in a fresh tab; resolves to its verdict and the codes of its rows. */
async function testNetwork(world, server, tab) {
  await tab.goto(`${server.url}/diag`)
  await tab.waitFor((start) => Boolean(document.querySelector(start)), at('diag-start'), 15_000)
  await tab.click(at('diag-start'), 10_000)
  await tab.waitFor((page) => document.querySelector(page)?.dataset.state === 'done', at('diag'), 45_000)
  return tab.evaluate(() => ({
    verdict: document.querySelector('[data-testid="diag"]').dataset.verdict,
    rows: Object.fromEntries([...document.querySelectorAll('li[data-testid^="diag-"]')].map((row) => [
      row.dataset.testid.slice('diag-'.length), `${row.dataset.state}:${row.dataset.code}`,
    ])),
  }))
}

const reports = async (server) => JSON.parse((await get(`${server.admin}/diag/reports`)).text)

export const cases = [
  {
    name: 'a media port that has gone deaf while the page still loads: healthz is 503 within 35 s, and 200 again within 15 s',
    limit: 90_000,
    full: true, // it takes 45 s; selfcheck's own test does the same in virtual time
    async run(world, server) {
      assert.equal((await get(`${server.admin}/healthz`)).status, 200)
      world.network.deafen('srv', server.port)
      const deaf = performance.now()
      await until('healthz to fail', async () => (await get(`${server.admin}/healthz`)).status === 503, 35_000)
      world.figure(`deaf media port known after ${((performance.now() - deaf) / 1000).toFixed(1)} s (at most 35)`)
      const { sentence, checks, media } = JSON.parse((await get(`${server.admin}/healthz`)).text)
      assert.equal(media.stage, 'ice')
      assert.match(sentence, /no packet comes back from the media port \(UDP 203\.0\.113\.10:8443\)/)
      assert.equal(checks.listeners, 'ok')
      assert.equal((await get(`${server.url}/`)).status, 200, 'the page still loads')
      world.network.pass('srv')
      await until('healthz to be well again', async () => (await get(`${server.admin}/healthz`)).status === 200, 15_000)
    },
  },
  {
    name: 'a visitor tests an open network, and the operator sees the result',
    limit: 70_000,
    async run(world, server) {
      const tab = await (await world.browser('alice')).open()
      try {
        const { verdict, rows } = await testNetwork(world, server, tab)
        assert.equal(verdict, 'good', JSON.stringify(rows))
        // This browser does not trust the server's certificate, and for a relay it asks nobody.
        for (const [name, row] of Object.entries(rows)) assert.equal(row, name === 'relayTls' ? 'failed:failed' : 'ok:ok', name)
        await tab.click(at('diag-send'), 10_000)
        await tab.waitFor((sent) => /\d/.test(document.querySelector(sent)?.textContent ?? ''), at('diag-sent'), 10_000)
        const [report] = await reports(server)
        assert.equal(report.verdict, 'good')
        assert.equal(report.from, world.network.address('a'))
        assert.equal(report.rows.length, 9)
        assert.match(await server.metrics(), /\ncallrelay_participants 0\n/, 'a test is no participant')
      } finally {
        await tab.close()
      }
    },
  },
  {
    name: 'a visitor behind a firewall without UDP is told so',
    full: true,
    limit: 70_000,
    async run(world, server) {
      world.network.drop('a', 'udp')
      const tab = await (await world.browser('alice')).open({ lang: 'zh-CN' })
      try {
        const { verdict, rows } = await testNetwork(world, server, tab)
        assert.equal(verdict, 'withoutUDP', JSON.stringify(rows))
        assert.equal(rows.udp, 'failed:failed')
        assert.equal(rows.tcp, 'ok:ok')
        assert.match(await tab.evaluate(() => document.querySelector('h1').textContent), /无法使用 UDP/)
      } finally {
        await tab.close()
      }
    },
  },
]

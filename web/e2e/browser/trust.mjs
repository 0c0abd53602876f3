// Chromium checks the certificate of TURN over TLS for itself, whatever a page
// is allowed to ignore: it must trust the server's local CA as a person's
// machine would, by the certificate store in its home.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'

/** Makes a home whose certificate store trusts the CA in the server's state; gives its path. */
export async function trust(dir, state) {
  const home = path.join(dir, 'home')
  const store = path.join(home, '.pki/nssdb')
  fs.mkdirSync(store, { recursive: true })
  const ca = fs.existsSync(path.join(state, 'ca.crt')) && 'ca.crt'
  if (!ca) throw new Error(`no CA certificate in ${state}: ${fs.readdirSync(state)}`)
  execFileSync('certutil', ['-d', `sql:${store}`, '-N', '--empty-password'])
  execFileSync('certutil', ['-d', `sql:${store}`, '-A', '-t', 'C,,', '-n', 'callrelay', '-i', path.join(state, ca)])
  return home
}

import assert from 'node:assert/strict'
import {homedir} from 'node:os'
import {join} from 'node:path'
import {nginxDirectory} from '../../../../src/cli/run/nginx-directory.js'

describe('nginxDirectory', () => {
  for (const [what, actual, expected] of [
    ['what the flag says', nginxDirectory('/srv/x', {}, 0), '/srv/x'],
    ['the flag, made absolute', nginxDirectory('x', {}, 0), join(process.cwd(), 'x')],
    ['the system folder for root', nginxDirectory(undefined, {HOME: '/root'}, 0), '/var/lib/lbex/nginx'],
    [
      'the XDG state folder',
      nginxDirectory(undefined, {XDG_STATE_HOME: '/s', HOME: '/h'}, 1000),
      '/s/lbex/nginx',
    ],
    ['its default in HOME', nginxDirectory(undefined, {HOME: '/h'}, 1000), '/h/.local/state/lbex/nginx'],
    [
      'its default without HOME',
      nginxDirectory(undefined, {}, 1000),
      join(homedir(), '.local/state/lbex/nginx'),
    ],
  ] as const) {
    it(`is ${what}`, () => {
      assert.equal(actual, expected)
    })
  }
})

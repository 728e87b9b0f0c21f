import assert from 'node:assert/strict'
import {Failure} from '../../../../src/diagnostics/failure.js'
import {
  fileUnreadable,
  noManifests,
  noMatch,
  pathNotFound,
} from '../../../../src/sources/manifests/file-failures.js'

const cause = new Error('EACCES: permission denied')

const CASES: [failure: Failure, code: string, message: string, hint: RegExp][] = [
  [
    fileUnreadable('a.yaml', cause, true),
    'file-unreadable',
    'cannot read a.yaml: EACCES: permission denied',
    /can read it/,
  ],
  [pathNotFound('a.yaml', true), 'path-not-found', 'there is no file or folder "a.yaml"', /relative path/],
  [
    pathNotFound('https://x/y', true),
    'path-not-found',
    'there is no file or folder "https://x/y"',
    /curl -sSf https:\/\/x\/y \|/,
  ],
  [noMatch('*.yaml', true), 'path-not-found', 'no file matches "*.yaml"', /glob/],
  [noManifests('folder', true), 'no-manifests', 'there are no manifests in folder', /\*\.yaml/],
]

describe('the failures of paths', () => {
  for (const [failure, code, message, hint] of CASES) {
    it(`say ${message}`, () => {
      assert.ok(failure instanceof Failure)
      assert.deepEqual([failure.code, failure.message, failure.temporary], [code, message, true])
      assert.match(failure.hint ?? '', hint)
    })
  }

  it('are permanent if a retry cannot help, and keep their cause', () => {
    const failures = [
      fileUnreadable('a', cause, false),
      pathNotFound('a', false),
      noMatch('a', false),
      noManifests('a', false),
    ]
    assert.deepEqual(
      failures.map(({temporary}) => temporary),
      [false, false, false, false],
    )
    assert.equal(failures[0]?.cause, cause)
  })
})

import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'

describe("README's first Service", () => {
  it('selects the Pod that the page starts, so that somebody answers', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    const [, page = ''] = readme.split('\n## A first Service\n')
    const [section = ''] = page.split('\n## ')
    const selected = /selector:\n +run: (\S+)/.exec(section)?.[1]
    // kubectl run labels its Pod with run=NAME.
    const started = /^kubectl run (\S+)/m.exec(section)?.[1]
    assert.ok(selected)
    assert.equal(started, selected)
  })
})

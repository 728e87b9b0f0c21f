import assert from 'node:assert/strict'
import {diffText} from '../../../src/report/diff-text.js'

const file = (path: string, ...lines: string[]) => ({path, text: lines.map((line) => `${line}\n`).join('')})

describe('diffText', () => {
  it('is empty if there are no relevant differences', () => {
    const before = [file('nginx.conf', 'a'), file('version.conf', '1'), file('services.conf', '1')]
    const after = [file('nginx.conf', 'a'), file('version.conf', '2'), file('services.conf', '2')]
    assert.equal(diffText(before, after, true), '')
  })

  it('matches the files of a Service by the name before the hash', () => {
    assert.equal(
      diffText(
        [file('services/ntp-0123456789ab.conf', 'one', 'two')],
        [file('services/ntp-ba9876543210.conf', 'one', 'three')],
        false,
      ),
      `--- services/ntp-0123456789ab.conf
+++ services/ntp-ba9876543210.conf
@@ -1,2 +1,2 @@
 one
-two
+three
`,
    )
  })

  it('shows added and removed files', () => {
    assert.equal(
      diffText([file('a.conf', 'old')], [file('b.conf', 'new')], false),
      '--- a.conf\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-old\n--- /dev/null\n+++ b.conf\n@@ -0,0 +1,1 @@\n+new\n',
    )
  })

  it('colours', () => {
    const coloured = diffText([file('a', 'same', 'old')], [file('a', 'same', 'new')], true)
    assert.equal(
      coloured,
      [
        '\u001B[1m--- a\u001B[22m',
        '\u001B[1m+++ a\u001B[22m',
        '\u001B[36m@@ -1,2 +1,2 @@\u001B[39m',
        ' same',
        '\u001B[31m-old\u001B[39m',
        '\u001B[32m+new\u001B[39m',
        '',
      ].join('\n'),
    )
  })
})

/**
 * Calls that the docs name within their lines: `lbex ...` has the command and the flags, `npm run ...` is a script, paths are there.
 * What single flags and variables are, names.test.ts looks at.
 */
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import type {Interfaces} from '@oclif/core'
import {commandsOf} from '../../src/cli/command-line.js'
import {argumentsOfLbex, lbexTrouble} from './lbex-lines.js'
import {pathTrouble, scriptTrouble, troubleWith} from './judge.js'
import {pages, readPage, type Page} from './markdown.js'
import {commandLines} from './shell.js'

async function troubleIn(span: string): Promise<string | undefined> {
  if (!/^((lbex|npx|npm) [a-z-]|(sudo|kubectl) )/.test(span)) return undefined
  for (const command of commandLines(span.replaceAll(/ (\.\.\.|…)/g, ''))) {
    const parameters = argumentsOfLbex(command)
    const trouble =
      (parameters && (await lbexTrouble(parameters, {values: false}))) ??
      scriptTrouble(command.words) ??
      pathTrouble(command)
    if (trouble !== undefined) return trouble
  }
  return undefined
}

async function troublesIn({spans}: Page): Promise<string[]> {
  const found = await Promise.all(
    spans.map(async ({place, text}) => {
      const trouble = await troubleIn(text)
      return trouble === undefined ? [] : [`${place}: \`${text}\`: ${trouble}`]
    }),
  )
  return found.flat()
}

describe('docs: words of the command line', () => {
  for (const page of pages()) {
    it(`${page.path} knows`, async () => {
      assert.deepEqual(await troublesIn(page), [])
    })
  }

  it('are found where they are wrong', async () => {
    const lines = [
      '`lbex rendr` `lbex render --fil x` `lbex run --once -f FILE` `lbex gce` `lbex gce dwon`',
      '`npm run chek` `npx lbex render -f examples/none.yaml` `npx lbex check examples/`',
    ]
    const found = await troublesIn(readPage('a.md', lines.join('\n')))
    assert.deepEqual(
      found.map((text) => text.replace(/; (of another|did you).*/, '')),
      [
        'a.md:1: `lbex rendr`: lbex has no command rendr',
        'a.md:1: `lbex render --fil x`: unknown flag --fil',
        'a.md:1: `lbex gce dwon`: lbex has no command gce dwon',
        'a.md:2: `npm run chek`: package.json has no script chek',
        'a.md:2: `npx lbex render -f examples/none.yaml`: there is no examples/none.yaml',
      ],
    )
  })

  const manifest = JSON.parse(
    readFileSync(new URL('../../oclif.manifest.json', import.meta.url), 'utf8'),
  ) as Interfaces.Manifest
  for (const {words, examples} of commandsOf(manifest)) {
    it(`are right in the examples of lbex ${words.join(' ')}`, async () => {
      assert.notEqual(examples.length, 0)
      const troubles = await Promise.all(examples.flatMap(commandLines).map(troubleWith))
      assert.deepEqual(
        troubles.filter((trouble) => trouble !== undefined),
        [],
      )
    })
  }
})

#!/usr/bin/env node
// Runs the TypeScript sources as they are, without a build.
import {readFile} from 'node:fs/promises'
import {fileURLToPath} from 'node:url'
import {Plugin} from '@oclif/core'
import {register} from 'tsx/esm/api'

register()

const root = fileURLToPath(new URL('..', import.meta.url))
const pjson = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
pjson.oclif.commands.target = './src/commands/index.ts'

const plugin = new Plugin({root, name: pjson.name, pjson, isRoot: true, ignoreManifest: true})
await plugin.load()

const {start} = await import('../src/cli/main.ts')
await start({root, plugins: new Map([[pjson.name, plugin]])})

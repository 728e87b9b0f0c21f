#!/usr/bin/env node
import {writeFileSync} from 'node:fs'
import {userInfo} from 'node:os'
import {isatty} from 'node:tty'
import {fileURLToPath} from 'node:url'
import {setFlagsFromString} from 'node:v8'

const isDaemon = process.argv[2] === 'run'
// First of all, because a SIGHUP before that ends Node.js.
if (isDaemon) ignoreReload()

const root = fileURLToPath(new URL('..', import.meta.url))

/** The user of a container may have no entry in passwd, but some packages read its home and shell as soon as they are loaded. */
function provideUser() {
  try {
    userInfo()
  } catch {
    process.env.HOME ??= '/'
    process.env.SHELL ??= '/bin/sh'
  }
}

/**
 * V8's young generation would grow to 32 MB with the first burst and stay that large. A daemon that mostly waits does not need it,
 * which saves about 20 MB. It already grows while the program is loaded, so this must be set first.
 */
function limitYoungGeneration() {
  setFlagsFromString('--semi-space-growth-factor=1')
}

async function load() {
  try {
    return await import('../dist/cli/main.js')
  } catch (error) {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !error.message.includes('main.js')) throw error
    console.error('error: lbex is not built\nhint: run npm run build, or use bin/dev.js')
    process.exit(3)
  }
}

/**
 * SIGHUP asks a daemon to read everything again. Until the program has loaded its handler, and after it has removed it, SIGHUP would
 * end Node.js, so it is ignored then. On a terminal SIGHUP means that the terminal is gone, and may end lbex.
 */
function ignoreReload() {
  if (![0, 1, 2].some((stream) => isatty(stream))) process.on('SIGHUP', () => {})
}

/** ps, pgrep and ss would otherwise show the name of Node.js. The title is for ps; it also sets a short name, which has no room for it. */
function nameProcess() {
  process.title = ['lbex', ...process.argv.slice(2)].join(' ')
  try {
    writeFileSync('/proc/self/comm', 'lbex')
  } catch {
    // A container may protect /proc. The short name is then the beginning of the title.
  }
}

if (isDaemon) {
  nameProcess()
  limitYoungGeneration()
}
provideUser()
const {start} = await load()
await start({root})

/** Debian's or Google's browser, if this machine has one. */
import {spawnSync} from 'node:child_process'
import {chromium, type Browser} from 'playwright-core'
import {UNIT_TIMEOUT} from './timeouts.js'

/** `reason`: why there is none. */
export async function startChromium(
  flags: readonly string[] = [],
): Promise<{readonly browser: Browser} | {readonly reason: string}> {
  const executablePath = findChromium()
  if (executablePath === undefined) return {reason: 'chromium is missing: apt-get install chromium'}
  try {
    // Its sandbox needs user namespaces, which root in a container does not have. It shows only the pages of this test.
    const args = ['--no-sandbox', '--disable-dev-shm-usage', ...flags]
    return {browser: await chromium.launch({executablePath, args, timeout: UNIT_TIMEOUT})}
  } catch (error) {
    return {reason: `chromium does not start: ${String(error).split('\n')[0]}`}
  }
}

function findChromium(): string | undefined {
  return ['chromium', 'google-chrome', 'chromium-browser']
    .map((name) => spawnSync('sh', ['-c', `command -v ${name}`], {encoding: 'utf8'}).stdout.trim())
    .find((path) => path !== '')
}

// The main story from end to end, with real processes: API server, two operators, three sidecars, vendors' SDK.
import { after, before, test } from 'node:test'
import { scenes } from '../demo-cluster/scenes.ts'
import { openStage, type Stage, type Teller } from '../demo-cluster/stage.ts'

const silentTeller: Teller = {
  say: () => undefined,
  showCommand: () => undefined,
  showOutput: () => undefined,
}

let stage: Stage
before(async () => {
  stage = await openStage(silentTeller)
})
after(() => stage?.close())

for (const scene of scenes) {
  test(scene.title, () => scene.play(stage))
}

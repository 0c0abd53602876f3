import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [vue()],
  test: {
    include: ['src/**/*.test.ts'],
    // A test that needs a document says so in its first line: // @vitest-environment happy-dom
    environment: 'node',
    restoreMocks: true,
    unstubGlobals: true,
  },
})

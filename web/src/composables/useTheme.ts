import { useMediaQuery } from '@vueuse/core'
import { computed, watchEffect, type ComputedRef } from 'vue'
import type { Settings } from './settings'

/** Keeps the page in the chosen theme; public/boot.js did the same before the first paint. */
export function useTheme(settings: Settings): ComputedRef<'light' | 'dark'> {
  const prefersDark = useMediaQuery('(prefers-color-scheme: dark)')
  const theme = computed(() => (settings.theme === 'system' ? (prefersDark.value ? 'dark' : 'light') : settings.theme))
  watchEffect(() => {
    const root = document.documentElement
    root.dataset.theme = theme.value
    root.style.colorScheme = theme.value
  })
  return theme
}

/** The colour of the browser's own bars: the stage's in a call, else the canvas'. */
export function useThemeColor(theme: ComputedRef<'light' | 'dark'>, onStage: ComputedRef<boolean>): void {
  watchEffect(() => {
    const color = onStage.value ? '#0A0E0C' : theme.value === 'dark' ? '#0E1412' : '#F3F5F1'
    document.querySelector('meta[name=theme-color]')?.setAttribute('content', color)
  })
}

/** A device as a line of a menu. Without permission a browser gives no names: they are numbered then. */
export function deviceOptions(
  devices: readonly Pick<MediaDeviceInfo, 'deviceId' | 'label'>[], unnamed: (n: number) => string,
): { value: string; text: string }[] {
  return devices.map((d, i) => ({ value: d.deviceId, text: shortLabel(d.label) || unnamed(i + 1) }))
}

/** Chromium ends a USB device's label with its ids, "(046d:0825)", which tell a person nothing. */
function shortLabel(label: string): string {
  return label.replace(/\s*\([0-9a-f]{4}:[0-9a-f]{4}\)$/i, '')
}

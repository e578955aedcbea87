// Keeps the pages of the door-to-door round on the phone, so that they open without signal. Nothing else passes through it.
"use strict";
const STORE = "onsite-1";
const GRID = /^\/staff\/votes\/[0-9a-f-]{36}\/onsite\/$/;

self.addEventListener("install", function () {
  self.skipWaiting();
});
self.addEventListener("activate", function (event) {
  event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", function (event) {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (GRID.test(url.pathname)) event.respondWith(freshFirst(event.request, url));
  else if (event.request.destination === "style" || event.request.destination === "script") event.respondWith(freshFirst(event.request, url));
});

async function freshFirst(request, url) {
  const store = await caches.open(STORE);
  try {
    const answer = await fetch(request);
    // Signed out, or no longer of this place: what was kept goes.
    if (GRID.test(url.pathname) && (answer.redirected || answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 404)) {
      await store.delete(url.href);
    } else if (answer.ok) await store.put(url.href, answer.clone());
    return answer;
  } catch (error) {
    const kept = await store.match(url.href);
    if (kept) return kept;
    throw error;
  }
}

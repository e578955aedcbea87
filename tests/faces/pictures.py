"""``make pictures``: the main pages as a desk and as a phone see them, into ``docs/pictures`` (palette PNG)."""

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.faces import places
from tests.faces.stage import DEMONSTRATION, ROOT, built, chromium, platform

FOLDER = ROOT / "docs" / "pictures"
SIZES = {1440: 900, 390: 844}
COLOURS = (128, 64, 32, 16)
LARGEST = 250_000  # bytes of one picture


def compressed(picture: bytes) -> bytes:
    """A palette PNG of at most LARGEST bytes: with fewer colours where it has to be."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    for colours in COLOURS:
        out = io.BytesIO()
        image.quantize(colours).save(out, "PNG", optimize=True)
        if out.tell() <= LARGEST:
            return out.getvalue()
    raise ValueError("a picture stays too large")


def take(page: Page, address: str, found: dict[str, str], wanted: dict[str, str]) -> None:
    """Pictures of the pages named in ``wanted`` (place to file name) at both sizes."""
    for place, name in wanted.items():
        for width, height in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            page.goto(address + found[place], wait_until="networkidle")  # grids and charts are drawn
            file = FOLDER / f"{name}-{width}.png"
            file.write_bytes(compressed(page.screenshot()))
            print(f"{file.relative_to(ROOT)} {file.stat().st_size // 1024} KB")


def main() -> None:
    """Build a demonstration in a temporary folder, take the pictures, leave nothing running."""
    browser_path = chromium()
    if browser_path is None:
        sys.exit("make pictures needs Chromium (CHROMIUM=/path/to/chromium)")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        platform(Path(folder) / "served", built(Path(folder) / "built", *DEMONSTRATION)) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900}).new_page()
        public = places.public_places(page, address)
        take(page, address, public, {name: name for name in ("home", "community", "rulebook", "comparison")})
        take(page, address, places.resident_places(page, address), {"vote": "vote"})
        places.sign_in(page, address, "chengzhong.housing.clerk")
        take(page, address, places.desk_places(page, address), {"vote ": "vote-desk"})
        places.sign_in(page, address, "ruicheng.housing.clerk")
        clerk = places.clerk_places(page, address) | {"import": places.import_preview(page, address)}
        take(
            page,
            address,
            clerk,
            {name: name for name in ("staff-home", "plans", "plan", "grid", "import", "deadlines", "dashboard")},
        )
        places.sign_in(page, address, "liuzhou.finance.approver")
        take(page, address, places.approver_places(page, address), {"case": "case"})
        browser.close()


if __name__ == "__main__":
    main()

"""What guests ask for and what they are called, in the scripts that real guests write in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Guest(NamedTuple):
    """A guest and the language they write in (BCP 47)."""

    name: str
    language: str
    phone: str


GUESTS = (
    Guest("Emma Clarke", "en", "+447700900123"),
    Guest("Liam O'Brien", "en", "+353851234567"),
    Guest("Sophia Johnson", "en", "+12025550143"),
    Guest("Zoë Dubois", "fr", "+33612345678"),
    Guest("François L'Écuyer", "fr", "+33698765432"),
    Guest("Jürgen Weiß", "de", "+4915112345678"),
    Guest("Nguyễn Thị Hương", "vi", "+84901234567"),
    Guest("Trần Văn Đức", "vi", "+84912345678"),
    Guest("Phạm Bảo Châu", "vi", "+84987654321"),
    Guest("Lê Quốc Khánh", "vi", "+84933221100"),
    Guest("김민준", "ko", "+821012345678"),
    Guest("佐藤 花子", "ja", "+819012345678"),
    Guest("王小明", "zh", "+8613812345678"),
    Guest("Иван Петров", "ru", "+79161234567"),
    Guest("محمد العلي", "ar", "+971501234567"),
    Guest("สมชาย ใจดี", "th", "+66812345678"),
    Guest("Ελένη Παπαδοπούλου", "el", "+306912345678"),
    Guest("", "en", ""),
)

TEXTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "housekeeping": {
        "en": (
            "Two more bath towels, please.",
            "Could somebody make up the room while we are at breakfast?",
            "Extra pillows & a blanket, please <3",
            "We are out of shampoo and soap.",
        ),
        "vi": (
            "Cho tôi xin thêm hai khăn tắm.",
            "Nhờ dọn phòng giúp trước 14 giờ.",
            "Phòng hết nước uống rồi ạ.",
        ),
        "fr": ("Deux serviettes de plus, s'il vous plaît.",),
        "de": ("Bitte das Bett frisch beziehen.",),
        "ko": ("수건 두 장 더 부탁드립니다.",),
        "ja": ("タオルを2枚追加でお願いします。",),
        "zh": ("请再送两条浴巾。",),
    },
    "room-service": {
        "en": ("Club sandwich and a pot of tea, please.", "Breakfast for two at 7:30, no nuts."),
        "vi": ("Cho hai tô phở bò và một ấm trà.", "Một cà phê sữa đá lên phòng nhé."),
        "fr": ("Deux cafés et des croissants, s'il vous plaît.",),
        "ru": ("Завтрак в номер к восьми, пожалуйста.",),
        "ar": ("إبريق شاي بالنعناع من فضلك",),
    },
    "maintenance": {
        "en": (
            "The air conditioning blows warm, temp <25C is not possible.",
            "The shower drains slowly.",
            "The safe does not open: broken?",
            "There is a leak under the sink!",
        ),
        "vi": ("Điều hòa không mát.", "Vòi sen bị rò rỉ, nhờ xem gấp.", "Đèn đầu giường bị hỏng."),
        "de": ("Der Fernseher geht nicht an.",),
        "ja": ("エアコンが動きません。",),
        "th": ("แอร์ไม่เย็น",),
    },
    "concierge": {
        "en": (
            "A taxi to the airport at 5:15 tomorrow, please.",
            "Can you recommend a place for bún chả nearby?",
        ),
        "vi": ("Đặt giúp tôi xe ra sân bay lúc 5 giờ sáng.", "Gần đây có nhà thuốc nào không?"),
        "fr": ("Pouvez-vous réserver une table pour quatre ce soir ?",),
        "zh": ("请帮我订明天去下龙湾的车。",),
        "el": ("Ένα ταξί για τις 9, παρακαλώ.",),
    },
    "it-support": {
        "en": (
            "The Wi-Fi drops every few minutes.",
            "Urgent: my video call starts in ten minutes and there is no network.",
        ),
        "vi": ("Wi-Fi phòng tôi rất yếu.", "Không kết nối được tivi với điện thoại."),
        "ko": ("와이파이가 연결되지 않습니다.",),
    },
    "general": {
        "en": (
            "A late check-out until 14:00, if possible.",
            "Could you keep our luggage after check-out?",
            "AT&T says my parcel has arrived at your desk.",
        ),
        "vi": ("Xin trả phòng muộn lúc 14 giờ.", "Nhờ lễ tân giữ hành lý giúp."),
        "ru": ("Разбудите, пожалуйста, в 6:00.",),
        "zh": ("请问可以延迟退房吗?",),
    },
}  # fmt: skip
SHARES = {
    "housekeeping": 34,
    "room-service": 24,
    "maintenance": 14,
    "concierge": 12,
    "it-support": 8,
    "general": 8,
}

MENU = (
    ("Phở bò", 95_000),
    ("Club sandwich", 180_000),
    ("Cà phê sữa đá", 55_000),
    ("Pot of tea", 60_000),
    ("Breakfast for one", 250_000),
)
CANCELLED = ("The guest changed their mind.", "Khách tự lo được rồi.", "Asked twice; the other one counts.")
COMPLETED = ("", "", "", "Done, the guest is happy.", "Đã giao tận phòng.", "Left at the door as asked.")
ON_HOLD = (
    "Waiting for a spare part.",
    "Khách đang nghỉ, quay lại sau.",
    "The guest is out until the evening.",
)
REMOVED = ("A test by the front desk.", "Nhập nhầm phòng.")
INSTRUCTIONS = (
    "",
    "",
    "",
    "",
    "Please knock softly, the baby sleeps.",
    "Để trước cửa phòng.",
    "Leave it at the door.",
)
